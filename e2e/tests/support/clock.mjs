// Wrong clocks. Only the wall clock is moved: the monotonic one (`performance.now`) is right on a PC whose date is not.

/** Moves the wall clock of every page of the context by `milliseconds`. */
export function shiftWallClock(context, milliseconds) {
  return context.addInitScript((shift) => {
    const RealDate = Date;
    class ShiftedDate extends RealDate {
      constructor(...parts) {
        if (parts.length === 0) super(RealDate.now() + shift);
        else super(...parts);
      }

      static now() {
        return RealDate.now() + shift;
      }
    }
    globalThis.Date = ShiftedDate;
  }, milliseconds);
}
