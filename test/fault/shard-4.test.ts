import { faultSuite, quickCells } from "./fault-suite.ts";
import { shardOf } from "./matrix.ts";

faultSuite("shard-4", "mysql-8.0", shardOf(quickCells, { number: 4, of: 4 }));
