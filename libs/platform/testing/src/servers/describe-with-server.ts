import { processEnvironment } from '@kilomega/config'
import { type ServerName, serverOnPath } from '@kilomega/servers'

/** The server that the environment gives to tests. */
export const givenUrl = (variable: string): string | undefined => processEnvironment()[variable] || undefined

/** To ask Docker takes up to 3 s and cannot be done while a test file is read, so `npm test` asks once and leaves the answer in `KILOMEGA_TEST_DOCKER`. */
export const canStart = (server: ServerName): boolean => serverOnPath(server) !== undefined || processEnvironment()['KILOMEGA_TEST_DOCKER'] === 'yes'

/** `describe`, or skipped and counted for want of these servers: `npm test` counts by the end of the name. */
export function describeWhere(missing: ServerName | undefined, name: string, body: () => void): void {
  if (missing === undefined) describe(name, body)
  else describe.skip(`${name} [needs ${missing}]`, body)
}
