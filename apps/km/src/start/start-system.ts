import { Launch, type LaunchOptions } from './launch.js'
import { Screen } from './screen.js'
import { asFailure } from './start-failure.js'
import { Interrupted, StopRequest } from './stop-request.js'

/** Starts everything, says where it is, and stays until it is asked to stop. */
export async function startSystem(options: LaunchOptions): Promise<void> {
  const screen = new Screen()
  const launch = new Launch(options, screen, new StopRequest())
  try {
    await launch.up()
    screen.line(welcome(launch))
    await screen.lastLine('Ctrl-C stops everything.\n')
    await launch.untilStopped()
  } catch (error) {
    if (!(error instanceof Interrupted)) throw asFailure(error)
  } finally {
    await launch.down()
  }
}

const welcome = ({ url, internalUrl }: Launch): string => `
Kilomega is ready.

  API            ${url}/v1
  Documentation  ${url}/docs
  Health         ${url}/health/ready
  Captured mail  ${internalUrl}/mail
  Metrics        ${internalUrl}/metrics
  Log            .kilomega/logs/api.log

Next: npx km tour
      npx km import apps/km/fixtures/sample.ndjson.gz`
