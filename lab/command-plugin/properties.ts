/** Keys by which the engine marks values on the wire that are not plain JSON. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties of a resource as the engine sends them. */
export type Properties = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isMarked = (value: unknown, signature: string): value is Properties =>
  isObject(value) && value[signatureKey] === signature;

/** The value without its marks of secrecy, at every depth. What is not known yet becomes undefined. */
export function plain(value: unknown): unknown {
  if (value === unknownValue) return undefined;
  if (Array.isArray(value)) return value.map(plain);
  if (isMarked(value, secretSignature) || isMarked(value, outputSignature)) return plain(value.value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, its]) => [key, plain(its)]));
}

export const plainProperties = (properties: Properties): Properties => plain(properties) as Properties;

/** True when the value or a part of it is secret. */
export function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isObject(value)) return false;
  return isMarked(value, secretSignature) || Object.values(value).some(hasSecret);
}

export const secret = (value: unknown): Properties => ({ [signatureKey]: secretSignature, value });

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
