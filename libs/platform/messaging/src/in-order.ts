/** Of deliveries whose order counts only the first of each key is anybody's: the next one is when that is done or given up. */
export const firstOfKey = `(
  delivery.order_key IS NULL OR NOT EXISTS (
    SELECT FROM {schema}.delivery AS earlier
    WHERE earlier.subscriber = delivery.subscriber AND earlier.order_key = delivery.order_key AND earlier.place < delivery.place))`
