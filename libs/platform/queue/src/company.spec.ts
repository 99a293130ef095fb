import { Company } from './company.js'

/** Work that ends when it is told to. */
function held() {
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  return { end, work: () => ended }
}
const soon = () => new Promise((resolve) => setImmediate(resolve))

describe('jobs in one process', () => {
  it('are at work together', async () => {
    const [company, first, second, begun] = [new Company(), held(), held(), [] as string[]]
    const all = [first, second].map(({ work }, index) => company.with(false, () => (begun.push(`${index}`), work())))
    await soon()
    expect(begun).toEqual(['0', '1'])
    for (const { end } of [first, second]) end()
    await Promise.all(all)
  })

  it('wait for one that has to be alone, which waits for those that were before it', async () => {
    const [company, before, lone, after, begun] = [new Company(), held(), held(), held(), [] as string[]]
    const all = [
      company.with(false, () => (begun.push('before'), before.work())),
      company.with(true, () => (begun.push('alone'), lone.work())),
      company.with(false, () => (begun.push('after'), after.work())),
    ]
    await soon()
    expect(begun).toEqual(['before'])
    before.end()
    await soon()
    expect(begun).toEqual(['before', 'alone'])
    lone.end()
    await soon()
    expect(begun).toEqual(['before', 'alone', 'after'])
    after.end()
    await Promise.all(all)
  })

  it('go on after one that failed', async () => {
    const company = new Company()
    await expect(company.with(true, () => Promise.reject(new Error('sunk')))).rejects.toThrow('sunk')
    expect(await company.with(true, async () => 'afloat')).toBe('afloat')
  })
})
