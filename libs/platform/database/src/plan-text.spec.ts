import { planText, withoutValues } from './plan-text.js'

it.each([
  [`((email)::text = 'it''s me@example.org'::text)`, '((email)::text = ?::text)'],
  [`(name = E'back\\\\slash'::text)`, '(name = ?::text)'],
  ['(age > 42)', '(age > ?)'],
  ['(score > -1.5e-07::double precision)', '(score > ?::double precision)'],
  [`("it's" = 'x'::text)`, `("it's" = ?::text)`],
  ['(id = $1)', '(id = $1)'],
  ['(part_2026_01.at < now())', '(part_2026_01.at < now())'],
  [`(tags && '{a,b}'::text[])`, '(tags && ?::text[])'],
])('the condition %s is shown as %s', (condition, shown) => {
  expect(withoutValues(condition)).toBe(shown)
})

it('a plan is one line for each node', () => {
  const scan = { 'Node Type': 'Seq Scan', 'Relation Name': 'post', 'Plan Rows': 9, 'Total Cost': 12.5, Filter: `(title = 'secret'::text)` }
  expect(planText({ 'Node Type': 'Limit', 'Plan Rows': 1, 'Total Cost': 1, Plans: [scan] })).toBe(
    'Limit (rows 1, cost 1)\n  Seq Scan on post (rows 9, cost 12.5) Filter: (title = ?::text)',
  )
})
