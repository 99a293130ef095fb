import { type PlanNode, planLines } from './plan-lines.js'

const part = (table: string, index: string): PlanNode => ({ 'Node Type': 'Index Scan', 'Relation Name': table, 'Index Name': index })

describe('the plan on a page', () => {
  it('is the same for one part of a table and for several, and next month', () => {
    const one = planLines({ 'Node Type': 'Limit', Plans: [part('event_2026_11', 'event_2026_11_pkey')] })
    const parts = [part('event_2026_12', 'event_2026_12_pkey'), part('event_2027_01', 'event_2027_01_pkey')]
    expect(one).toEqual(['Limit', '  Index Scan using event_*_pkey on event_*'])
    expect(planLines({ 'Node Type': 'Limit', Plans: [{ 'Node Type': 'Append', Plans: parts }] })).toEqual(one)
  })

  it('shows parts that are treated differently', () => {
    const parts = [part('outbox_rest', 'outbox_rest_pkey'), { 'Node Type': 'Seq Scan', 'Relation Name': 'outbox_20261130' }]
    expect(planLines({ 'Node Type': 'Append', Plans: parts })).toEqual([
      'Append',
      '  Index Scan using outbox_*_pkey on outbox_*',
      '  Seq Scan on outbox_*',
    ])
  })

  it('names what is changed, how an index is read, and parts that have a name', () => {
    const cte: PlanNode = { ...part('post', 'post_newest'), 'Scan Direction': 'Backward', 'Subplan Name': 'CTE newest' }
    const plan: PlanNode = {
      'Node Type': 'ModifyTable',
      Operation: 'Insert',
      'Relation Name': 'post',
      Plans: [cte, { 'Node Type': 'CTE Scan', 'CTE Name': 'newest' }],
    }
    expect(planLines(plan)).toEqual(['Insert on post', '  [CTE newest]', '  Index Scan Backward using post_newest on post', '  CTE Scan on newest'])
  })
})
