/** A plugin by which the built file has the entries of tables in the order that compresses best. */
export default function orderEntries(): {
  readonly transform: { handler(code: string, id: string): { readonly code: string } };
};
