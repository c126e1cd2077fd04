import { faultSuite } from "./fault-suite.ts";

faultSuite("mysql-8.0", { number: 2, of: 4 });
