// What the teammate at the workbench chose about how requests are sent. Kept for this page only.

const address = new URLSearchParams(location.search);

export const settings = {
  /** The page's Content-Security-Policy lets pictures in only when the address asks for them. */
  pictures: address.get("pictures") === "load",
  contactName: "contact",
  blank: "text",
  twice: false,

  /** Whether the next submit goes out twice at once. One submit uses it up. */
  takeTwice() {
    const twice = this.twice;
    this.twice = false;
    dispatchEvent(new CustomEvent("twice-used"));
    return twice;
  },
};
