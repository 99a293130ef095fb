import { eventually } from './eventually.js'

it('returns what the check answers once it stops throwing', async () => {
  let tries = 0
  const answer = await eventually(() => {
    tries += 1
    expect(tries).toBeGreaterThan(2)
    return tries
  })
  expect(answer).toBe(3)
})

it('treats false as not yet', async () => {
  const answers = [false, false, true]
  expect(await eventually(() => answers.shift() ?? true)).toBe(true)
})

it('throws what the last try threw when the deadline has passed', async () => {
  const never = (): never => {
    throw new Error('still not there')
  }
  await expect(eventually(never, 30)).rejects.toThrow('still not there')
  await expect(eventually(() => false, 30)).rejects.toThrow('not within 30 ms')
})
