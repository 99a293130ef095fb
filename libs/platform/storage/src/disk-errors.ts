import { storageErrors } from './storage-errors.js'

const full = new Set(['ENOSPC', 'EDQUOT'])
/** ENOTDIR and EISDIR: the key goes through another object, or is a folder of other keys. */
const missing = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** Translates a filesystem error of a write. A missing file is not translated here: it may be the source file of the caller. */
export const writeError = (error: unknown): unknown => (full.has(codeOf(error)) ? storageErrors.STORAGE_FULL(undefined, error) : error)

/** Translates a filesystem error about an object that should exist. */
export const readError = (error: unknown, key: string): unknown => (missing.has(codeOf(error)) ? storageErrors.OBJECT_MISSING({ key }, error) : error)

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? ''
