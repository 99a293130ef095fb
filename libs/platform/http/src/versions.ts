import { edgeErrors } from './edge-errors.js'
import { entityTagsIn } from './entity-tags.js'

/** The ETag of a version that counts changes. */
export const etagOf = (version: number): string => `"${version}"`

/** The version a change is meant for, in the terms of a port: one, one of several, or any if omitted. */
export interface ExpectedVersion {
  version?: number | number[]
}

/**
 * The versions that `If-Match` expects, minus those that `If-None-Match` excludes; 412 if none is possible. Routes that need them declare `conditional`, and
 * answer 428 without `If-Match`.
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

/** No client keeps more versions of one resource. */
const maxVersions = 100
