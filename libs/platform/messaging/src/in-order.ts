/** Of ordered deliveries, only the first one of each key may be claimed. The next one may be claimed when the first is done or given up. */
export const firstOfKey = `(
  delivery.order_key IS NULL OR NOT EXISTS (
    SELECT FROM {schema}.delivery AS earlier
    WHERE earlier.subscriber = delivery.subscriber AND earlier.order_key = delivery.order_key AND earlier.place < delivery.place))`
