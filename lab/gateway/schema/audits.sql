-- Audits: nearly all bytes of the schema. Children go with their audit.

CREATE TABLE audit_main (
  goid binary(16) PRIMARY KEY,
  nodeid varchar(32) NOT NULL,
  time bigint NOT NULL,
  audit_level varchar(12) NOT NULL,
  name varchar(255),
  message varchar(255) NOT NULL,
  ip_address varchar(39),
  user_name varchar(255),
  signature varchar(1024),
  KEY audit_time (time)
);

CREATE TABLE audit_admin (
  goid binary(16) PRIMARY KEY,
  entity_class varchar(255),
  entity_id varchar(40),
  action char(1),
  CONSTRAINT admin_audit FOREIGN KEY (goid) REFERENCES audit_main (goid) ON DELETE CASCADE
);

CREATE TABLE audit_message (
  goid binary(16) PRIMARY KEY,
  status varchar(32) NOT NULL,
  request_id varchar(40) NOT NULL,
  service_goid binary(16),
  request_length int NOT NULL DEFAULT -1,
  request_zipxml mediumblob,
  CONSTRAINT message_audit FOREIGN KEY (goid) REFERENCES audit_main (goid) ON DELETE CASCADE
);

CREATE TABLE audit_system (
  goid binary(16) PRIMARY KEY,
  component_id int NOT NULL,
  action varchar(32) NOT NULL,
  CONSTRAINT system_audit FOREIGN KEY (goid) REFERENCES audit_main (goid) ON DELETE CASCADE
);

CREATE TABLE audit_detail (
  goid binary(16) PRIMARY KEY,
  audit_goid binary(16) NOT NULL,
  time bigint NOT NULL,
  message_id int NOT NULL,
  exception_message mediumtext,
  CONSTRAINT detail_audit FOREIGN KEY (audit_goid) REFERENCES audit_main (goid) ON DELETE CASCADE
);

CREATE TABLE audit_detail_params (
  audit_detail_goid binary(16) NOT NULL,
  position int NOT NULL,
  value mediumtext NOT NULL,
  PRIMARY KEY (audit_detail_goid, position),
  CONSTRAINT params_detail FOREIGN KEY (audit_detail_goid) REFERENCES audit_detail (goid) ON DELETE CASCADE
);

CREATE VIEW audits_by_level AS
  SELECT audit_level, COUNT(*) AS audits, MAX(time) AS newest FROM audit_main GROUP BY audit_level;
