import { randomUUID } from 'node:crypto'

/**
 * How the key begins of a command whose caller gave none, and those that are derived from it. Nobody else knows such a key, so nobody but the client half
 * sends it again, and only before the call's deadline. The dot is in no key that a caller may choose: those are ASCII.
 */
export const ownKeyPrefix = 'own·'

export const ownKey = (): string => ownKeyPrefix + randomUUID()
