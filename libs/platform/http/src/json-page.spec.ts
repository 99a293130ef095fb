import { pageText } from './json-page.js'

it.each([null, 'eyJhIjoxfQ.c2ln'])('a page of serialised items has them as they were, and the cursor %s', (nextCursor) => {
  const items = [{ body: '","nextCursor":null}' }]
  expect(JSON.parse(pageText(JSON.stringify(items), nextCursor))).toEqual({ items, nextCursor })
})
