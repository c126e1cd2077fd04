-- What administrators made: small, and nobody can make it again.

CREATE TABLE folder (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL,
  parent_folder_goid binary(16),
  CONSTRAINT folder_parent FOREIGN KEY (parent_folder_goid) REFERENCES folder (goid) ON DELETE CASCADE
);

CREATE TABLE policy (
  goid binary(16) PRIMARY KEY,
  version int NOT NULL DEFAULT 0,
  name varchar(255) NOT NULL UNIQUE,
  xml mediumtext NOT NULL,
  guid char(36) NOT NULL UNIQUE,
  folder_goid binary(16),
  CONSTRAINT policy_folder FOREIGN KEY (folder_goid) REFERENCES folder (goid)
);

CREATE TABLE policy_version (
  goid binary(16) PRIMARY KEY,
  policy_goid binary(16) NOT NULL,
  ordinal int NOT NULL,
  time bigint NOT NULL,
  user_login varchar(255),
  active tinyint NOT NULL DEFAULT 0,
  xml mediumtext NOT NULL,
  UNIQUE KEY policy_ordinal (policy_goid, ordinal),
  CONSTRAINT version_policy FOREIGN KEY (policy_goid) REFERENCES policy (goid) ON DELETE CASCADE
);

-- The two alias tables have no primary key, as in the product.
CREATE TABLE policy_alias (
  goid binary(16) NOT NULL,
  policy_goid binary(16) NOT NULL,
  folder_goid binary(16) NOT NULL,
  UNIQUE KEY policy_in_folder (policy_goid, folder_goid)
);

CREATE TABLE published_service (
  goid binary(16) PRIMARY KEY,
  name varchar(255) NOT NULL,
  policy_goid binary(16),
  wsdl_xml mediumtext,
  routing_uri varchar(128),
  CONSTRAINT service_policy FOREIGN KEY (policy_goid) REFERENCES policy (goid)
);

CREATE TABLE published_service_alias (
  goid binary(16) NOT NULL,
  published_service_goid binary(16) NOT NULL,
  folder_goid binary(16) NOT NULL,
  UNIQUE KEY service_in_folder (published_service_goid, folder_goid)
);

CREATE TABLE cluster_properties (
  goid binary(16) PRIMARY KEY,
  version int NOT NULL DEFAULT 0,
  propkey varchar(128) NOT NULL UNIQUE,
  propvalue mediumtext NOT NULL
);

CREATE TABLE identity_provider (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL UNIQUE,
  properties mediumtext
);

CREATE TABLE internal_user (
  goid binary(16) PRIMARY KEY,
  version int NOT NULL DEFAULT 0,
  login varchar(255) NOT NULL UNIQUE,
  password varchar(256),
  email varchar(128),
  expiration bigint NOT NULL DEFAULT -1
);

CREATE TABLE internal_group (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL UNIQUE
);

CREATE TABLE internal_user_group (
  internal_group_goid binary(16) NOT NULL,
  internal_user_goid binary(16) NOT NULL,
  PRIMARY KEY (internal_group_goid, internal_user_goid),
  CONSTRAINT member_group FOREIGN KEY (internal_group_goid) REFERENCES internal_group (goid) ON DELETE CASCADE,
  CONSTRAINT member_user FOREIGN KEY (internal_user_goid) REFERENCES internal_user (goid) ON DELETE CASCADE
);

CREATE TABLE rbac_role (
  goid binary(16) PRIMARY KEY,
  name varchar(255) NOT NULL UNIQUE
);

CREATE TABLE rbac_assignment (
  goid binary(16) PRIMARY KEY,
  role_goid binary(16) NOT NULL,
  identity_id varchar(255) NOT NULL,
  UNIQUE KEY role_identity (role_goid, identity_id),
  CONSTRAINT assignment_role FOREIGN KEY (role_goid) REFERENCES rbac_role (goid) ON DELETE CASCADE
);

CREATE TABLE keystore_file (
  goid binary(16) PRIMARY KEY,
  version int NOT NULL DEFAULT 0,
  name varchar(128) NOT NULL UNIQUE,
  format varchar(128) NOT NULL,
  databytes mediumblob
);

CREATE TABLE trusted_cert (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL UNIQUE,
  cert_base64 mediumtext NOT NULL
);

CREATE TABLE secure_password (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL UNIQUE,
  encoded_password mediumtext NOT NULL
);

CREATE TABLE jdbc_connection (
  goid binary(16) PRIMARY KEY,
  name varchar(128) NOT NULL UNIQUE,
  jdbc_url varchar(4096) NOT NULL
);

CREATE TRIGGER policy_edited BEFORE UPDATE ON policy FOR EACH ROW
  SET NEW.version = OLD.version + 1;
