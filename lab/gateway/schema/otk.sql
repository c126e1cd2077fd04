-- The OAuth Toolkit's schema: another one than the gateway's, with numbers from AUTO_INCREMENT.

CREATE TABLE oauth_client (
  client_ident varchar(80) PRIMARY KEY,
  name varchar(256) NOT NULL,
  description varchar(256)
);

CREATE TABLE oauth_token (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  otk_token_id varchar(128) NOT NULL UNIQUE,
  client_ident varchar(80) NOT NULL,
  resource_owner varchar(128),
  expiration bigint NOT NULL,
  CONSTRAINT token_client FOREIGN KEY (client_ident) REFERENCES oauth_client (client_ident) ON DELETE CASCADE
);

CREATE VIEW tokens_by_client AS
  SELECT client_ident, COUNT(*) AS tokens FROM oauth_token GROUP BY client_ident;
