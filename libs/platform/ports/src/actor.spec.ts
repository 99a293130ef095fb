import { anonymous, permits, system } from './actor.js'

const user = { kind: 'user', id: '1', role: 'user', sessionId: 's' } as const
const admin = { ...user, role: 'admin' } as const

describe('access to an operation', () => {
  it.each([
    ['anyone', true, true, true],
    ['user', false, true, true],
    ['admin', false, false, true],
    ['system', false, false, false],
  ] as const)('%s: anonymous %s, user %s, admin %s, and always the system', (access, ...expected) => {
    expect([anonymous, user, admin].map((actor) => permits(access, actor))).toEqual(expected)
    expect(permits(access, system)).toBe(true)
  })
})
