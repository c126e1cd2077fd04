import { faultSuite } from "./fault-suite.ts";

faultSuite("mysql-8.0", { number: 4, of: 4 });
