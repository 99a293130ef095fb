import { z } from 'zod'
import { Failure } from '../failure.js'
import type { Control } from '../start/control-channel.js'
import type { Screen } from '../start/screen.js'
import { promote } from './promotion.js'
import type { ShapeLaunch } from './shape-launch.js'

const Request = z.strictObject({ command: z.literal('promote'), server: z.string().optional(), kill: z.boolean() })

/** What a running tier can be asked to do. Its screen shows it too. */
export const controlOf =
  (launch: ShapeLaunch, screen: Screen): Control =>
  async (request, say) => {
    const { server, kill } = Request.parse(request)
    const { database } = launch.servers
    if (database === undefined)
      throw new Failure(
        'The database is one of yours: promote a replica with the tools that run it; the processes find the new primary by themselves',
      )
    await promote(database, { server, kill }, (line) => {
      screen.line(line)
      say(line)
    })
    launch.record()
  }
