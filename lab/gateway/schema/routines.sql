-- Blocks of ids by server: odd ones on server 1, even ones on server 2, so that two sides never give the same.
CREATE FUNCTION next_hi() RETURNS bigint NOT DETERMINISTIC MODIFIES SQL DATA SQL SECURITY INVOKER
BEGIN
  UPDATE hibernate_unique_key
    SET next_hi = LAST_INSERT_ID(next_hi + IF((next_hi + @@global.server_id) % 2 = 0, 2, 1));
  RETURN LAST_INSERT_ID();
END;

CREATE FUNCTION toGoid(prefix bigint, suffix bigint) RETURNS binary(16) DETERMINISTIC NO SQL SQL SECURITY INVOKER
  RETURN UNHEX(CONCAT(LPAD(HEX(prefix), 16, '0'), LPAD(HEX(suffix), 16, '0')));

CREATE FUNCTION goidToString(goid binary(16)) RETURNS char(32) DETERMINISTIC NO SQL SQL SECURITY INVOKER
  RETURN LOWER(HEX(goid));
