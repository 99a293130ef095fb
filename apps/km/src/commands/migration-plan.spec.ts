import type { PlannedLock, PlannedStep } from '@kilomega/database'
import { planText } from './migration-plan.js'

const lock = (fields: Partial<PlannedLock>): PlannedLock => ({
  ...{ what: 'CREATE INDEX CONCURRENTLY', table: 'notifications.mail_attempt', lock: 'SHARE UPDATE EXCLUSIVE', holdsUp: 'nobody', work: 'index' },
  ...{ rows: 12_345_678, bytes: 1.2e9, seconds: 30, takes: 'index of 1.2 GB, about 30 s' },
  ...fields,
})
const step = (name: string, ...locks: PlannedLock[]): PlannedStep => ({ schema: 'notifications', name, kind: 'transaction', locks })

const index = step('202612010100-index-attempts-by-their-outcome', lock({}), lock({ what: 'DO', table: null, lock: null, rows: null, bytes: null }))
const flat = (text: string): string => text.replace(/[\s│]+/g, ' ')

describe('The plan of a migration', () => {
  it('fits into 80 columns, and names lock, table, size and time of each statement', () => {
    const text = planText([index], 80)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text).toContain('1 step is pending.\n\nnotifications: 202612010100-index-attempts-by-their-outcome\n')
    for (const word of ['CONCURRENTLY', 'EXCLUSIVE', 'mail_attempt', '12,345,678', '1.2 GB', 'about 30 s']) expect(text).toContain(word)
    expect(flat(text)).toContain('The times are rough, and do not count the wait for a lock.')
  })

  it('counts the steps that touch no table that exists instead of listing them', () => {
    const text = flat(planText([step('202612010000-create-a'), index, step('202612020000-create-b')], 80))
    expect(text).toContain('3 steps are pending.')
    expect(text).toContain('2 steps touch no table that exists, and take a moment.')
    expect(text).not.toContain('create-a')
  })

  it('says so when there is nothing to do', () => {
    expect(planText([])).toBe('The database is up to date: there is nothing to do.')
  })
})
