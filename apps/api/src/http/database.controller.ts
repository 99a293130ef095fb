import { Databases } from '@kilomega/database'
import { Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const ServerView = z.object({
  server: z.string(),
  role: z.enum(['primary', 'replica', 'refused', 'down']),
  timeline: z.string(),
  lagMs: z.int(),
  used: z.boolean(),
  work: z.int(),
  open: z.int(),
  idle: z.int(),
  waiting: z.int(),
})

@Routes('The database, for operators')
export class DatabaseController {
  constructor(private readonly databases: Databases) {}

  @Route({
    access: 'admin',
    listeners: ['internal'],
    method: 'GET',
    path: '/operations/database',
    summary: 'Lists the servers of the database as this process sees them',
    budget: { queries: 0, bytes: 1_000 },
    answer: z.object({ items: z.array(ServerView) }),
  })
  async servers() {
    return { items: await this.databases.report() }
  }
}
