import { randomUUID } from 'node:crypto'

/**
 * The prefix of the key of a command whose caller gave none, and of keys derived from it. Only the client half of the port knows such a key, and repeats it
 * only before the deadline of the call. The dot keeps it apart from the keys of callers, which are ASCII.
 */
export const ownKeyPrefix = 'own·'

export const ownKey = (): string => ownKeyPrefix + randomUUID()
