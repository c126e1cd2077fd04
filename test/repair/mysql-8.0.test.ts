import { repairSuite } from "./repair-suite.ts";

repairSuite("mysql-8.0");
