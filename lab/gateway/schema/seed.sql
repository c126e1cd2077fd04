-- Keys: toGoid(kind, number), so that a row can be found by hand.

SET @now = UNIX_TIMESTAMP() * 1000;
SET SESSION cte_max_recursion_depth = GREATEST(1000, @audits + 1);

INSERT INTO folder VALUES (toGoid(1, 1), 'Root Node', NULL), (toGoid(1, 2), 'Zürich – Kunden', toGoid(1, 1));

INSERT INTO policy (goid, version, name, xml, guid, folder_goid)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12)
  SELECT toGoid(2, n), 3, CONCAT('Policy ', n),
    CONCAT('<wsp:Policy><wsp:All><L7p:Comment stringValue="It''s no. ', n, ' \\ “quoted” 日本"/></wsp:All></wsp:Policy>'),
    UUID(), toGoid(1, 1 + n % 2)
  FROM numbers;

INSERT INTO policy_version
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 36)
  SELECT toGoid(3, n), toGoid(2, 1 + (n - 1) DIV 3), 1 + (n - 1) % 3, @now - (36 - n) * 60000, 'admin', n % 3 = 0,
    CONCAT('<wsp:Policy><!-- edit ', n, ' --></wsp:Policy>')
  FROM numbers;

INSERT INTO policy_alias VALUES (toGoid(4, 1), toGoid(2, 1), toGoid(1, 2));

INSERT INTO published_service
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4)
  SELECT toGoid(5, n), CONCAT('Service ', n), toGoid(2, n), NULL, CONCAT('/service/', n) FROM numbers;

INSERT INTO published_service_alias VALUES (toGoid(6, 1), toGoid(5, 1), toGoid(1, 2));

INSERT INTO cluster_properties (goid, propkey, propvalue) VALUES
  (toGoid(7, 1), 'cluster.hostname', 'gateway.example.com'),
  (toGoid(7, 2), 'audit.messageThreshold', 'WARNING'),
  (toGoid(7, 3), 'license', '<license Id="1"/>');

INSERT INTO identity_provider VALUES (toGoid(8, 1), 'Internal Identity Provider', NULL);
INSERT INTO internal_user (goid, login, password) VALUES
  (toGoid(9, 1), 'admin', '$6$example'), (toGoid(9, 2), 'operator', '$6$example');
INSERT INTO internal_group VALUES (toGoid(10, 1), 'Operators');
INSERT INTO internal_user_group VALUES (toGoid(10, 1), toGoid(9, 2));
INSERT INTO rbac_role VALUES (toGoid(11, 1), 'Administrator'), (toGoid(11, 2), 'Operator');
INSERT INTO rbac_assignment VALUES (toGoid(12, 1), toGoid(11, 1), 'admin'), (toGoid(12, 2), toGoid(11, 2), 'operator');
INSERT INTO keystore_file VALUES (toGoid(13, 1), 1, 'Software DB', 'sdb.pkcs12', RANDOM_BYTES(1000));
INSERT INTO trusted_cert VALUES (toGoid(14, 1), 'backend.example.com', TO_BASE64(RANDOM_BYTES(600)));
INSERT INTO secure_password VALUES (toGoid(15, 1), 'backend', TO_BASE64(RANDOM_BYTES(48)));
INSERT INTO jdbc_connection VALUES (toGoid(16, 1), 'OAuth', 'jdbc:mysql://gateway.example.com:3306/otk_db');

INSERT INTO audit_main
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @audits)
  SELECT toGoid(20, n), 'before the lab', @now - (@audits - n) * 1000, IF(n % 5, 'INFO', 'WARNING'),
    CONCAT('Service ', 1 + n % 4), CONCAT('Message processed – ', n), '192.0.2.7', 'admin', HEX(RANDOM_BYTES(64))
  FROM numbers WHERE n <= @audits;

INSERT INTO audit_message
  SELECT goid, '200', UUID(), toGoid(5, 1), 400, RANDOM_BYTES(400) FROM audit_main;
INSERT INTO audit_detail
  SELECT toGoid(21, CONV(HEX(RIGHT(goid, 8)), 16, 10)), goid, time, 3017, NULL FROM audit_main;
INSERT INTO audit_detail_params
  SELECT goid, 0, CONCAT('HTTP status of ', goidToString(audit_goid)) FROM audit_detail;

INSERT INTO message_context_mapping_keys VALUES (toGoid(17, 1), UUID(), 'IP_ADDRESS');
INSERT INTO message_context_mapping_values VALUES (toGoid(18, 1), UUID(), toGoid(17, 1), '192.0.2.7');
INSERT INTO logon_info VALUES (toGoid(19, 1), 'operator', 1, @now);
INSERT INTO replication_status VALUES (1, 0, @now, '', 0);
INSERT INTO cluster_master VALUES (NULL, 0, 0);
INSERT INTO hibernate_unique_key VALUES (0);
INSERT INTO otk_db.oauth_client VALUES ('lab-client', 'Lab client', 'Gets a token now and then');
