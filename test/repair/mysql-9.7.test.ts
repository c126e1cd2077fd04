import { repairSuite } from "./repair-suite.ts";

repairSuite("mysql-9.7");
