import { join } from 'node:path'
import { callerIn, currentCaller } from './caller.js'

const root = join(import.meta.dirname, '../../../..')
const stack = (...frames: string[]): string => ['Error', ...frames].map((frame) => `    at ${frame}`).join('\n')

const own = `Session.attempt (file://${root}/libs/platform/database/dist/session.js:171:14)`
const orm = `async PostgresQueryRunner.query (file://${root}/node_modules/typeorm/driver/postgres/PostgresQueryRunner.js:196:25)`
const outbox = `async PostgresReceipts.answer (file://${root}/libs/platform/messaging/dist/receipts.postgres.js:70:5)`
const service = `async ContentService.list (file://${root}/libs/modules/content/dist/content.service.js:61:12)`
const handler = `async file://${root}/libs/platform/ports/dist/handler.js:50:20`

describe('the caller of a statement', () => {
  it('is the first code outside of the platform and of libraries, relative to the repository', () => {
    expect(callerIn(stack(own, orm, outbox, service, handler))).toBe('ContentService.list (libs/modules/content/dist/content.service.js:61)')
    expect(callerIn(stack(own, `async ${root}/apps/api/dist/x.js:3:1`))).toBe('apps/api/dist/x.js:3')
  })

  it('is a part of the platform if there is no other, but never the way to the database or to a port', () => {
    expect(callerIn(stack(own, outbox, handler))).toBe('PostgresReceipts.answer (libs/platform/messaging/dist/receipts.postgres.js:70)')
    expect(callerIn(stack(own, orm, handler))).toBeUndefined()
  })

  it('leaves the limit of stacks as it was', () => {
    const before = Error.stackTraceLimit
    currentCaller()
    expect(Error.stackTraceLimit).toBe(before)
  })
})
