export function check(){ return {accepted:false}; }
