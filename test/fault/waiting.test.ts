import { faultSuite, waitingCells } from "./fault-suite.ts";

faultSuite("waiting", "mysql-9.7", waitingCells);
