import { edgeErrors } from './edge-errors.js'

/** The ETag of a version that counts changes. */
export const etagOf = (version: number): string => `"${version}"`

/** The version that If-Match names; 412 where it is none of ours. Routes that need it say `conditional`, and answer 428 without it. */
export function versionIn(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw edgeErrors.PRECONDITION_REQUIRED()
  const [, digits] = /^(?:W\/)?"(\d{1,10})"$/.exec(ifMatch.trim()) ?? []
  if (digits === undefined || Number(digits) < 1) throw edgeErrors.PRECONDITION_FAILED()
  return Number(digits)
}
