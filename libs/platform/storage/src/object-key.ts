/** Segments of lower case letters, digits, `-`, `_` and `.`, none of which starts with a dot: no traversal, no hidden files, no empty names. */
const keyPattern = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/
const maxKeyLength = 200

/** Returns the key if it follows the rules of all drivers, and throws otherwise: callers never choose keys, so a wrong key is a mistake of ours. */
export function checkedKey(key: string): string {
  if (key.length > maxKeyLength || !keyPattern.test(key)) throw new Error(`${JSON.stringify(key.slice(0, 40))} is not an object key`)
  return key
}
