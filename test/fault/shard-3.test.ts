import { faultSuite, quickCells } from "./fault-suite.ts";
import { shardOf } from "./matrix.ts";

faultSuite("shard-3", "mysql-9.7", shardOf(quickCells, { number: 3, of: 4 }));
