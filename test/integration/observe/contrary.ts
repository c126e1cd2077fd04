/** Tables that have made comparisons wrong: every type, keys of every kind, none at all. One statement an item. */
export const contraryTables: readonly string[] = [
  "DROP DATABASE IF EXISTS contrary",
  "CREATE DATABASE contrary",
  "CREATE TABLE contrary.kinds(id INT PRIMARY KEY, i BIGINT UNSIGNED, d DECIMAL(20,6), f FLOAT, db DOUBLE, dt DATETIME(6), ts TIMESTAMP(3) NULL, tm TIME(2), y YEAR, c CHAR(5), v VARCHAR(100), l1 VARCHAR(20) CHARACTER SET latin1, b BINARY(4), vb VARBINARY(20), t MEDIUMTEXT, bl LONGBLOB, e ENUM('a','b#','c'), s SET('x','y'), bi BIT(12), j JSON, g GEOMETRY, gen INT AS (id*2) VIRTUAL, gs INT AS (id*3) STORED, inv INT DEFAULT (7) INVISIBLE, `we\"ird ``name` INT DEFAULT 1, `key:0` INT DEFAULT 3)",
  "INSERT INTO contrary.kinds(id,i,d,f,db,dt,ts,tm,y,c,v,l1,b,vb,t,bl,e,s,bi,j,g) VALUES (1,18446744073709551615,-12.345678,1.1,0.1,'2024-02-29 01:02:03.000004','2024-01-01 00:00:00.5','-12:00:00.25',2024,'ab','it''s \"q\" \\\\ \\n new','ä',x'00ff0000',x'0001',REPEAT('Ω😀',1000),x'deadbeef00','b#','x,y',b'101','{\"b\": 1, \"a\": [1, 2.50, null]}',ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')), (-3,0,0,3.4e38,1e-300,NULL,NULL,NULL,NULL,'','','','','','','','a','',0,'null',NULL)",
  "INSERT INTO contrary.kinds(id) VALUES (2)",
  "CREATE TABLE contrary.goid(goid BINARY(16) PRIMARY KEY, name VARCHAR(50))",
  "INSERT INTO contrary.goid VALUES (x'00ff0000000000000000000000000001','a'), (x'ff000000000000000000000000000002','b'), (x'80000000000000000000000000000003','c')",
  "CREATE TABLE contrary.names(name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, n INT)",
  "INSERT INTO contrary.names VALUES ('a',1),('B',2),('c',3),('Ä x',4),('é',5),('😀',6),('￿',7),('_',8),('Zz',9)",
  "CREATE TABLE contrary.composite(a INT UNSIGNED, b VARCHAR(10), c DATE, n INT, PRIMARY KEY(a,b,c))",
  "INSERT INTO contrary.composite VALUES (1,'x','2024-01-01',1),(10,'x','2024-01-01',1),(2,'y','2024-01-01',1),(4294967295,'y','2024-01-01',1)",
  "CREATE TABLE contrary.keyless(n INT, t TEXT)",
  "INSERT INTO contrary.keyless VALUES (1,'a'),(1,'a'),(2,'b'),(NULL,NULL)",
  "CREATE TABLE contrary.myisam(n INT) ENGINE=MyISAM",
  "INSERT INTO contrary.myisam VALUES (7)",
  "CREATE VIEW contrary.view AS SELECT id FROM contrary.kinds",
  "CREATE EVENT contrary.event ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO SELECT 1",
];

/** Unlogged changes on one side, each of another kind. */
export const contraryChanges: readonly string[] = [
  "SET sql_log_bin = 0",
  "UPDATE contrary.kinds SET f = 1.1000001 WHERE id = 1",
  "INSERT INTO contrary.kinds(id, v) VALUES (99, 'only here')",
  "DELETE FROM contrary.kinds WHERE id = -3",
  "UPDATE contrary.names SET n = 66 WHERE name = '😀'",
  "INSERT INTO contrary.names VALUES ('ß', 1)",
  "INSERT INTO contrary.composite VALUES (9, 'q\\nINSERT', '2024-01-01', 1)",
  "INSERT INTO contrary.keyless VALUES (1, 'a')",
  "CREATE TABLE contrary.only_here(id INT PRIMARY KEY, v INT)",
  "INSERT INTO contrary.only_here VALUES (1, 1), (2, 2)",
  "ALTER TABLE contrary.goid ADD COLUMN extra INT DEFAULT 5",
  "CREATE VIEW contrary.view_here AS SELECT 1 AS one",
];

export interface Difference {
  readonly onlyOnPrimary: number;
  readonly onlyOnSecondary: number;
  readonly changed: number;
}

/** What they amount to, when made on the secondary. */
export const contraryDifferences: Readonly<Record<string, Difference>> = {
  "contrary.composite": { onlyOnPrimary: 0, onlyOnSecondary: 1, changed: 0 },
  // A column that only one side has: no row of it is like the other side's.
  "contrary.goid": { onlyOnPrimary: 0, onlyOnSecondary: 0, changed: 3 },
  "contrary.keyless": { onlyOnPrimary: 0, onlyOnSecondary: 1, changed: 0 },
  "contrary.kinds": { onlyOnPrimary: 1, onlyOnSecondary: 1, changed: 1 },
  "contrary.names": { onlyOnPrimary: 0, onlyOnSecondary: 1, changed: 1 },
  "contrary.only_here": { onlyOnPrimary: 0, onlyOnSecondary: 2, changed: 0 },
};
