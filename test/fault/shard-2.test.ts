import { faultSuite, quickCells } from "./fault-suite.ts";
import { shardOf } from "./matrix.ts";

faultSuite("shard-2", "mysql-8.0", shardOf(quickCells, { number: 2, of: 4 }));
