import { processEnvironment } from '@kilomega/config'
import { type ServerName, serverOnPath } from '@kilomega/servers'

/** The server given to the tests by the environment. */
export const givenUrl = (variable: string): string | undefined => processEnvironment()[variable] || undefined

/** Checking Docker takes up to 3 s and is not possible while a test file is loaded, so `npm test` checks once and stores the result in `KILOMEGA_TEST_DOCKER`. */
export const canStart = (server: ServerName): boolean => serverOnPath(server) !== undefined || processEnvironment()['KILOMEGA_TEST_DOCKER'] === 'yes'

/** `describe`, or skipped and counted as skipped for lack of this server: `npm test` counts by the end of the name. */
export function describeWhere(missing: ServerName | undefined, name: string, body: () => void): void {
  if (missing === undefined) describe(name, body)
  else describe.skip(`${name} [needs ${missing}]`, body)
}
