import { faultSuite } from "./fault-suite.ts";

faultSuite("mysql-9.7", { number: 1, of: 4 });
