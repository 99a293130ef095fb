import type { ServerReport } from '@kilomega/database'
import { serversText } from './database-status.js'

const pool = { open: 10, idle: 8, waiting: 0 }
const servers: ServerReport[] = [
  { server: '10.0.0.1:5432', role: 'refused', timeline: '00000001', lagMs: 0, used: false, work: 100, ...pool },
  { server: '10.0.0.2:5432', role: 'primary', timeline: '00000002', lagMs: 0, used: true, work: 100, ...pool, idle: 0, waiting: 3 },
  { server: '10.0.0.3:5432', role: 'replica', timeline: '00000002', lagMs: 12_000, used: false, work: 600, ...pool },
  { server: '10.0.0.4:5432', role: 'down', timeline: '', lagMs: 0, used: false, work: 0, open: 0, idle: 0, waiting: 0 },
]

describe('The servers of the database', () => {
  it('are shown with role, lag, share of the work and busy connections', () => {
    const lines = serversText(servers, 80).split('\n')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    const text = lines.map((line) => line.replace(/[\s│]+/g, ' ').trim()).join('\n')
    expect(text).toContain('10.0.0.1:5432 refused 1 13% 2/10')
    expect(text).toContain('10.0.0.2:5432 primary 2 13% 10/10, 3 wait')
    expect(text).toContain('10.0.0.3:5432 unused replica 2 12000 ms 75% 2/10')
    expect(text).toContain('10.0.0.4:5432 down 0% 0/0')
  })

  it('show no share before anything was sent', () => {
    expect(serversText(servers.map((server) => ({ ...server, work: 0 })))).not.toContain('%')
  })
})
