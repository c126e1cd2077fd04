import { faultSuite, quickCells } from "./fault-suite.ts";
import { shardOf } from "./matrix.ts";

faultSuite("shard-1", "mysql-9.7", shardOf(quickCells, { number: 1, of: 4 }));
