import { storageErrors } from './storage-errors.js'

const full = new Set(['ENOSPC', 'EDQUOT'])
/** ENOTDIR and EISDIR: the key goes through an object, or names the folder of others. */
const missing = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** What the filesystem said about a write. A missing file is not translated here: it may be the one that the caller's bytes come from. */
export const writeError = (error: unknown): unknown => (full.has(codeOf(error)) ? storageErrors.STORAGE_FULL(undefined, error) : error)

/** What the filesystem said about an object that should be there. */
export const readError = (error: unknown, key: string): unknown => (missing.has(codeOf(error)) ? storageErrors.OBJECT_MISSING({ key }, error) : error)

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''
