import { KeptPostgres } from '@kilomega/database'
import { durationText } from '../terminal/duration.js'
import { logOf, postgresFolder } from './paths.js'
import { removePidFile, writePidFile } from './pid-file.js'
import type { Screen } from './screen.js'
import { usualPort } from './usual-port.js'

/** Our own PostgreSQL. It is restarted when it has ended, which is shown on the screen. `onGivingUp` is called when that has failed too often. */
export async function startLocalPostgres(screen: Screen, port: number | undefined, onGivingUp: (reason: string) => void): Promise<KeptPostgres> {
  const log = `its log is ${logOf('postgres')}`
  const starting = KeptPostgres.start(
    { folder: postgresFolder, port: await usualPort(port, 54_320) },
    {
      onEnd: () => screen.error(`PostgreSQL has ended; it is started again (${log})`),
      onFailure: (reason, againInMs) =>
        screen.error(`PostgreSQL does not start: ${reason}. It is tried again in ${durationText(againInMs)} (${log})`),
      onReturn: () => {
        writePidFile('postgres', postgres.pid)
        screen.line('PostgreSQL is running again')
      },
      onGivingUp: (reason) => onGivingUp(`PostgreSQL is given up: ${reason} (${log})`),
    },
  )
  const postgres = await screen.during('Starting PostgreSQL', starting)
  writePidFile('postgres', postgres.pid)
  return postgres
}

export async function stopLocalPostgres(postgres: KeptPostgres): Promise<void> {
  await postgres.stop()
  removePidFile('postgres')
}
