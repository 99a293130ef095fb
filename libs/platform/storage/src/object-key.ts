/** Segments of lower case letters, digits, `-`, `_` and `.`, none of which begins with a dot: no traversal, no hidden file, no empty name. */
const keyPattern = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/
const maxKeyLength = 200

/** Returns the key if it follows the rules of every driver and throws otherwise: a wrong key is a mistake of ours, since callers never make one. */
export function checkedKey(key: string): string {
  if (key.length > maxKeyLength || !keyPattern.test(key)) throw new Error(`${JSON.stringify(key.slice(0, 40))} is not an object key`)
  return key
}
