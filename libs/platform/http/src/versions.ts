import { edgeErrors } from './edge-errors.js'
import { entityTagsIn } from './entity-tags.js'

/** The ETag of a version that counts changes. */
export const etagOf = (version: number): string => `"${version}"`

/** Which version a change is for, in the words of a port: one, one of several, or, where none is said, whichever there is. */
export interface ExpectedVersion {
  version?: number | number[]
}

/**
 * What `If-Match` expects, less what `If-None-Match` excludes; 412 where that can be no version. Routes that need it say `conditional`, and answer 428
 * without it.
 */
export function expectedVersion(headers: { 'if-match'?: string; 'if-none-match'?: string }): ExpectedVersion {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  if (ifMatch === undefined) throw edgeErrors.PRECONDITION_REQUIRED()
  const excluded = ifNoneMatch === undefined ? [] : entityTagsIn(ifNoneMatch)
  if (excluded === '*') throw edgeErrors.PRECONDITION_FAILED()
  const tags = entityTagsIn(ifMatch)
  if (tags === '*') return {}
  const versions = [...new Set(tags)].filter((tag) => /^[1-9]\d{0,8}$/.test(tag) && !excluded.includes(tag)).map(Number)
  if (versions.length === 0) throw edgeErrors.PRECONDITION_FAILED()
  return { version: versions.length === 1 ? versions[0]! : versions.slice(0, maxVersions) }
}

/** Nobody remembers more of one resource. */
const maxVersions = 100
