/** The forms in which results of a scan are written. */
export const TABLE_FORMS = ["ndjson", "csv", "parquet"] as const;
export type TableForm = typeof TABLE_FORMS[number];
