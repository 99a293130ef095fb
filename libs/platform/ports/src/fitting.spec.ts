import { fitting, maxItemsBytes } from './fitting.js'

it('a page that fits is whole', () => {
  expect([fitting([]), fitting([1, 2])]).toEqual([[], [1, 2]])
})

it.each([
  ['a', 1],
  ['ä', 2],
  ['街', 3],
  ['\u0001', 6],
])('a page has as many items as fit into one answer: of %j, which takes %i bytes', (character, bytes) => {
  const item = character.repeat(10_000)
  expect(fitting(Array<string>(1_000).fill(item))).toHaveLength(Math.floor(maxItemsBytes / (10_000 * bytes + 3)))
})

it('a page has at least one item, so that a list has an end', () => {
  expect(fitting(['a'.repeat(maxItemsBytes), 'b'])).toHaveLength(1)
})
