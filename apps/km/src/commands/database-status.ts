import type { ServerReport } from '@kilomega/database'
import { connect } from '../api/connection.js'
import { readShapeRecord } from '../shape/shape-record.js'
import { colorsFor } from '../terminal/colors.js'
import { tableText } from '../terminal/table.js'

/** The servers of the database, as the API sees them. */
export async function readServers(): Promise<ServerReport[]> {
  const { internal, operator } = connect()
  const { body } = await internal.require({ method: 'GET', path: '/operations/database', token: await operator() })
  return (body as { items: ServerReport[] }).items
}

/** The name of a server that runs in this folder, as `km db promote` takes it, beside its address. */
function shownAs(address: string): string {
  const here = readShapeRecord()?.servers.find(({ port }) => address === `127.0.0.1:${port}`)
  return here === undefined ? address : `${here.name} at ${address}`
}

/** `work` is the share of what the API has sent to each; `pool` the connections that are busy, of those that are open. */
export function serversText(servers: readonly ServerReport[], columns = process.stdout.columns): string {
  const colors = colorsFor(process.stdout)
  const color = { primary: colors.green, replica: colors.green, refused: colors.red, down: colors.red }
  const all = servers.reduce((sum, { work }) => sum + work, 0)
  const cells = servers.map(({ server, role, timeline, lagMs, used, work, open, idle, waiting }) => [
    shownAs(server),
    color[role](role === 'replica' && !used ? 'unused replica' : role),
    timeline === '' ? '' : String(Number.parseInt(timeline, 16)),
    role === 'replica' ? `${lagMs} ms` : '',
    all === 0 ? '' : `${Math.round((100 * work) / all)}%`,
    `${open - idle}/${open}${waiting > 0 ? `, ${waiting} wait` : ''}`,
  ])
  const headings = ['server', 'role', 'timeline', 'lag', 'work', 'pool']
  return tableText(headings, cells, { whole: ['server'], numbers: ['lag', 'work'], columns })
}
