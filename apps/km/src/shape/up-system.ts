import { ControlServer } from '../start/control-channel.js'
import { Screen } from '../start/screen.js'
import { asFailure } from '../start/start-failure.js'
import { Interrupted, StopRequest } from '../start/stop-request.js'
import { launchInBackground, ReportingScreen, reportReady } from './background.js'
import { controlOf } from './shape-control.js'
import { ShapeLaunch, type ShapeOptions } from './shape-launch.js'
import { ShapeWatch } from './shape-watch.js'

export interface UpOptions extends ShapeOptions {
  detach?: boolean
  /** Set for the process that `--detach` leaves behind. */
  background?: boolean
}

/** Brings a tier up, says where everything is, and stays until it is asked to stop; with `--detach`, a launcher in the background does this. */
export async function upSystem(tier: string, options: UpOptions): Promise<void> {
  if (options.detach) return launchInBackground()
  const screen = options.background ? new ReportingScreen() : new Screen()
  const stopRequest = new StopRequest()
  const launch = new ShapeLaunch(tier, options, screen, stopRequest)
  const control = new ControlServer(controlOf(launch, screen))
  try {
    await launch.up()
    await control.open()
    screen.line(welcome(launch, options.background === true))
    if (options.background) reportReady(stopRequest)
    else await screen.lastLine('Ctrl-C stops everything.\n')
    await new ShapeWatch(launch, screen).until(stopRequest.requested)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw asFailure(error)
  } finally {
    control.close()
    await launch.down()
  }
}

const welcome = ({ tier, url, internalUrl }: ShapeLaunch, isBackground: boolean): string => `
Kilomega runs as tier ${tier}.

  API            ${url}/v1
  Documentation  ${url}/docs
  Health         ${url}/health/ready
  Captured mail  ${internalUrl}/mail
  Logs           .kilomega/logs

Next: npx km tour
      npx km status${isBackground ? '\n      npx km down\n' : ''}`
