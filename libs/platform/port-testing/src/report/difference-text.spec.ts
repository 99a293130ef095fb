import { differenceText } from './difference-text.js'

const call = { operation: 'get', actor: { kind: 'anonymous' }, input: { id: 1 } } as const

describe('the text of a difference', () => {
  it('names the call, and the first place at which its answers part', () => {
    const at = new Date().toISOString()
    const [local, remote] = [{ value: { at, post: { title: 'a', size: 1 } } }, { value: { at: '2020-01-01T00:00:00.000Z', post: { title: 'b' } } }]
    expect(differenceText({ what: 'a repeat', call, local, remote: { value: { ...remote.value, at } } })).toBe(
      'get: a repeat of anonymous with {"id":1}\n  differs at value.post.title\n  in process: "a"\n  over NATS:  "b"',
    )
    expect(differenceText({ what: 'a call', call, local, remote })).toContain('differs at value.at\n  in process: "now"\n  over NATS:  "2020-01')
  })

  it('names both answers where one is an error, and cuts what is long', () => {
    const text = differenceText({ what: 'a call', call, local: { value: 'x'.repeat(1_000) }, remote: { fault: 'gone' } })
    expect(text).toContain('over NATS:  nothing')
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(400)
  })
})
