-- What gateways write by themselves: reports, heartbeats, replay window, quotas, lockouts.

CREATE TABLE service_metrics (
  goid binary(16) PRIMARY KEY,
  nodeid varchar(32) NOT NULL,
  published_service_goid binary(16) NOT NULL,
  resolution int NOT NULL,
  period_start bigint NOT NULL,
  attempted int NOT NULL,
  completed int NOT NULL,
  back_sum int,
  UNIQUE KEY period (nodeid, published_service_goid, resolution, period_start)
);

CREATE TABLE message_context_mapping_keys (
  goid binary(16) PRIMARY KEY,
  digested char(36) NOT NULL,
  mapping1_key varchar(128),
  KEY digested_key (digested)
);

CREATE TABLE message_context_mapping_values (
  goid binary(16) PRIMARY KEY,
  digested char(36) NOT NULL,
  mapping_keys_goid binary(16) NOT NULL,
  mapping1_value varchar(255),
  KEY digested_value (digested),
  CONSTRAINT values_keys FOREIGN KEY (mapping_keys_goid) REFERENCES message_context_mapping_keys (goid)
);

CREATE TABLE service_metrics_details (
  service_metrics_goid binary(16) NOT NULL,
  mapping_values_goid binary(16) NOT NULL,
  attempted int NOT NULL,
  PRIMARY KEY (service_metrics_goid, mapping_values_goid),
  CONSTRAINT details_metrics FOREIGN KEY (service_metrics_goid) REFERENCES service_metrics (goid) ON DELETE CASCADE,
  CONSTRAINT details_values FOREIGN KEY (mapping_values_goid) REFERENCES message_context_mapping_values (goid)
);

CREATE TABLE service_usage (
  serviceid binary(16) NOT NULL,
  nodeid varchar(32) NOT NULL,
  requestnr bigint NOT NULL,
  PRIMARY KEY (serviceid, nodeid)
);

CREATE TABLE cluster_info (
  nodeid varchar(32) PRIMARY KEY,
  name varchar(128) NOT NULL,
  address varchar(39) NOT NULL,
  avgload double NOT NULL,
  statustimestamp bigint NOT NULL
);

-- No key at all, as in the product.
CREATE TABLE cluster_master (
  nodeid varchar(32),
  touched_time bigint NOT NULL,
  version int NOT NULL
);

CREATE TABLE replication_status (
  objectid bigint PRIMARY KEY,
  sequence bigint NOT NULL,
  updated bigint NOT NULL,
  nodeid varchar(32) NOT NULL,
  delay bigint NOT NULL
);

CREATE TABLE message_id (
  messageid varchar(255) PRIMARY KEY,
  expires bigint NOT NULL,
  KEY expiry (expires)
);

CREATE TABLE counters (
  counterid bigint PRIMARY KEY,
  countername varchar(128) NOT NULL UNIQUE,
  cnt_sec bigint NOT NULL DEFAULT 0,
  cnt_day bigint NOT NULL DEFAULT 0,
  last_update bigint NOT NULL DEFAULT 0
);

CREATE TABLE wssc_session (
  objectid bigint PRIMARY KEY,
  session_key_hash varchar(128) UNIQUE,
  expires bigint NOT NULL
);

CREATE TABLE logon_info (
  goid binary(16) PRIMARY KEY,
  login varchar(255) NOT NULL UNIQUE,
  fail_count int NOT NULL DEFAULT 0,
  last_attempted bigint NOT NULL
);

-- Not transactional and without a key, as in the product: a snapshot does not hold it, CLONE brings it empty.
CREATE TABLE hibernate_unique_key (
  next_hi int NOT NULL
) ENGINE=MyISAM;

CREATE EVENT forget_old_messages ON SCHEDULE EVERY 1 DAY STARTS CURRENT_TIMESTAMP + INTERVAL 1 DAY DO
  DELETE FROM message_id WHERE expires < UNIX_TIMESTAMP() * 1000;
