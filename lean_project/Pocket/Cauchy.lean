/-!
Cauchy sequences of rational numbers with their operations, and the order "at most, up to every ε", from which Real.lean
makes ℝ. Mathlib: `Mathlib/Algebra/Order/CauSeq/`.
-/

-- What `grind` asks for at each of its calls, found at once.
instance : Std.IsPreorder Rat := inferInstance
instance : Std.IsPartialOrder Rat := inferInstance
instance : Std.IsLinearPreorder Rat := inferInstance
instance : Lean.Grind.IsCharP Rat 0 := inferInstance

namespace Pocket

-- Estimates that the proofs below share.
theorem pos_half {ε : Rat} (h : 0 < ε) : 0 < ε / 2 := by rw [Rat.div_def]; exact Rat.mul_pos h (Rat.inv_pos.2 (by decide))
theorem pos_quarter {ε : Rat} (h : 0 < ε) : 0 < ε / 4 := by rw [Rat.div_def]; exact Rat.mul_pos h (Rat.inv_pos.2 (by decide))
theorem quarter_add_quarter (ε : Rat) : ε / 4 + ε / 4 = ε / 2 := by
  rw [Rat.div_def, Rat.div_def, ← Rat.mul_add, show (4⁻¹ + 4⁻¹ : Rat) = 2⁻¹ by decide +kernel]
theorem half_add_half (ε : Rat) : ε / 2 + ε / 2 = ε := by
  rw [Rat.div_def, ← Rat.mul_add, show (2⁻¹ + 2⁻¹ : Rat) = 1 by decide +kernel, Rat.mul_one]
theorem sub_self_lt (x : Rat) {ε : Rat} (h : 0 < ε) : x - x < ε := by rwa [Lean.Grind.AddCommGroup.sub_self]
/-- Places after which several things hold. -/
theorem left_le {M N n : Nat} (h : M + N ≤ n) : M ≤ n := Nat.le_trans (Nat.le_add_right M N) h
theorem right_le {M N n : Nat} (h : M + N ≤ n) : N ≤ n := Nat.le_trans (Nat.le_add_left N M) h
theorem rat_sub_add_sub (x y z : Rat) : x - y + (y - z) = x - z := by
  rw [Rat.sub_eq_add_neg, Rat.sub_eq_add_neg, Rat.sub_eq_add_neg, Rat.add_assoc, ← Rat.add_assoc (-y), Rat.neg_add_cancel, Rat.zero_add]
theorem add_sub_add (x x' y y' : Rat) : x + y - (x' + y') = x - x' + (y - y') := by
  rw [Rat.sub_eq_add_neg, Rat.sub_eq_add_neg, Rat.sub_eq_add_neg, Lean.Grind.AddCommGroup.neg_add, Rat.add_assoc, Rat.add_assoc, ← Rat.add_assoc y,
    Rat.add_comm y, Rat.add_assoc]
theorem neg_sub_neg (x y : Rat) : -x - -y = y - x := by
  rw [Rat.sub_eq_add_neg, Lean.Grind.AddCommGroup.neg_neg, Rat.add_comm, ← Rat.sub_eq_add_neg]
theorem rat_sub_mul (x y z : Rat) : (x - y) * z = x * z - y * z := by
  rw [Rat.sub_eq_add_neg, Rat.add_mul, Rat.neg_mul, ← Rat.sub_eq_add_neg]
theorem sub_nonpos {x y : Rat} (h : x ≤ y) : x - y ≤ 0 := by
  have := Lean.Grind.OrderedAdd.add_le_left h (-y)
  rwa [Rat.add_neg_cancel, ← Rat.sub_eq_add_neg] at this
theorem le_add_of_sub_le {x y z : Rat} (h : x - y ≤ z) : x ≤ z + y := by
  have := Lean.Grind.OrderedAdd.add_le_left h y
  rwa [Rat.sub_eq_add_neg, Rat.add_assoc, Rat.neg_add_cancel, Rat.add_zero] at this
theorem lt_of_zero_add_lt {δ x : Rat} (h : 0 + δ < x) : δ < x := by rwa [Rat.zero_add] at h
theorem sub_lt_of_halves {x y z ε : Rat} (h : x - y < ε / 2) (k : y - z < ε / 2) : x - z < ε := by
  rw [← rat_sub_add_sub x y z, ← half_add_half ε]; exact Lean.Grind.OrderedAdd.add_lt_add h k
theorem add_sub_add_lt_of_halves {x x' y y' ε : Rat} (h : x - x' < ε / 2) (k : y - y' < ε / 2) :
    x + y - (x' + y') < ε := by
  rw [add_sub_add, ← half_add_half ε]; exact Lean.Grind.OrderedAdd.add_lt_add h k
theorem add_lt_of_quarters {u v ε : Rat} (h : u < ε / 4 + ε / 4) (k : v < ε / 4 + ε / 4) : u + v < ε := by
  rw [quarter_add_quarter] at h k
  rw [← half_add_half ε]; exact Lean.Grind.OrderedAdd.add_lt_add h k
theorem neg_lt_sub {x y A : Rat} (h : y - x < A) : -A < x - y := by
  rw [← Rat.neg_sub]; exact Lean.Grind.OrderedAdd.neg_lt_iff.2 (by rwa [Lean.Grind.AddCommGroup.neg_neg])

/-- A Cauchy sequence of rational numbers. -/
structure Cau where
  f : Nat → Rat
  cau : ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ m n, N ≤ m → N ≤ n → f m - f n < ε

namespace Cau

protected def le (a b : Cau) : Prop := ∀ ε : Rat, 0 < ε → ∃ N : Nat, ∀ n, N ≤ n → a.f n - b.f n < ε

theorem le_refl (a : Cau) : a.le a := fun _ h => ⟨0, fun _ _ => sub_self_lt _ h⟩

theorem le_trans {a b c : Cau} (h : a.le b) (h' : b.le c) : a.le c := by
  intro ε hε
  obtain ⟨N, hN⟩ := h (ε/2) (pos_half hε)
  obtain ⟨M, hM⟩ := h' (ε/2) (pos_half hε)
  exact ⟨N + M, fun n hn => sub_lt_of_halves (hN n (left_le hn)) (hM n (right_le hn))⟩

theorem gap_of_near {x x' y y' ε : Rat} (hε : 0 < ε) (h : ε ≤ x' - y') (hx : x' - x < ε / 4) (hy : y - y' < ε / 4) :
    y + ε / 4 < x := by
  have k := Lean.Grind.OrderedAdd.add_lt_add hx hy
  rw [quarter_add_quarter] at k
  have q := pos_quarter hε
  rw [← half_add_half ε, ← quarter_add_quarter ε] at h
  rw [← quarter_add_quarter ε] at k
  generalize ε / 4 = δ at *
  clear hε hx hy
  grind

theorem sub_neg_of_gap {x y ε : Rat} (hε : 0 < ε) (h : y + ε < x) : y - x < 0 := by
  have := Lean.Grind.OrderedAdd.add_lt_right y hε
  rw [Rat.add_zero] at this
  rw [← Rat.neg_sub]; exact Lean.Grind.OrderedAdd.neg_lt_iff.2 (by
    rw [Lean.Grind.AddCommGroup.neg_zero]; exact Lean.Grind.OrderedAdd.sub_pos_iff.2 (Std.lt_trans this h))

/-- What it means not to be at most: from some place on there is a gap. -/
theorem gap {a b : Cau} (h : ¬ a.le b) : ∃ ε : Rat, 0 < ε ∧ ∃ N : Nat, ∀ n, N ≤ n → b.f n + ε < a.f n := by
  obtain ⟨ε, h⟩ := Classical.not_forall.1 h
  have ⟨hε, h⟩ := Classical.not_imp.1 h
  obtain ⟨N, hN⟩ := a.cau (ε/4) (pos_quarter hε)
  obtain ⟨M, hM⟩ := b.cau (ε/4) (pos_quarter hε)
  refine ⟨ε/4, pos_quarter hε, N + M, fun n hn => ?_⟩
  obtain ⟨m, h⟩ := Classical.not_forall.1 (not_exists.1 h (N + M))
  have ⟨hm, h⟩ := Classical.not_imp.1 h
  have h := Rat.not_lt.1 h
  exact gap_of_near hε h (hN m n (left_le hm) (left_le hn)) (hM n m (right_le hn) (right_le hm))

theorem not_le_of_gap {a b : Cau} {ε : Rat} (hε : 0 < ε) {N : Nat} (h : ∀ n, N ≤ n → b.f n + ε < a.f n) : ¬ a.le b := by
  intro h'
  obtain ⟨M, hM⟩ := h' ε hε
  have h := h (N + M) (Nat.le_add_right _ _)
  have k := Std.lt_of_le_of_lt (le_add_of_sub_le (Rat.le_of_lt (hM (N + M) (Nat.le_add_left _ _)))) (by rwa [Rat.add_comm])
  exact Rat.lt_irrefl k

theorem le_total (a b : Cau) : a.le b ∨ b.le a := by
  by_cases h : a.le b
  · exact .inl h
  · obtain ⟨ε, hε, N, hN⟩ := gap h
    exact .inr fun δ hδ => ⟨N, fun n hn => Std.lt_trans (sub_neg_of_gap hε (hN n hn)) hδ⟩

theorem le_of_eq {a b : Cau} (h : ∀ n, a.f n = b.f n) : a.le b := fun ε hε => ⟨0, fun n _ => by rw [h n]; exact sub_self_lt _ hε⟩

theorem neg_self_le {y : Rat} (h : 0 ≤ y) : -y ≤ y := Rat.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rwa [Lean.Grind.AddCommGroup.neg_zero])) h

theorem exists_bound (y : Rat) : ∃ B, 0 ≤ B ∧ -B ≤ y ∧ y ≤ B := by
  by_cases h : 0 ≤ y
  · exact ⟨y, h, neg_self_le h, Rat.le_refl⟩
  · have h := Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Rat.le_of_lt (Std.not_le.1 h))
    have k := neg_self_le h
    rw [Lean.Grind.AddCommGroup.neg_neg] at k
    exact ⟨-y, h, by rw [Lean.Grind.AddCommGroup.neg_neg]; exact Rat.le_refl, k⟩

theorem bounded (a : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n → -B ≤ a.f n ∧ a.f n ≤ B := by
  obtain ⟨N, hN⟩ := a.cau 1 (by decide)
  obtain ⟨B, h0, h1, h2⟩ := exists_bound (a.f N)
  refine ⟨1 + B, ?_, N, fun n hn => ⟨?_, ?_⟩⟩
  · have := Lean.Grind.OrderedAdd.add_le_right 1 h0
    rw [Rat.add_zero] at this
    exact Std.lt_of_lt_of_le (by decide) this
  · have k := le_add_of_sub_le (Rat.le_of_lt (hN N n (Nat.le_refl N) hn))
    refine Lean.Grind.OrderedAdd.neg_le_iff.2 (Rat.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 ?_) (Lean.Grind.OrderedAdd.add_le_right 1 (Lean.Grind.OrderedAdd.neg_le_iff.2 h1)))
    rw [Lean.Grind.AddCommGroup.neg_add, Lean.Grind.AddCommGroup.neg_neg]
    have k := Lean.Grind.OrderedAdd.add_le_right (-1) k
    rwa [← Rat.add_assoc, Rat.neg_add_cancel, Rat.zero_add] at k
  · exact Rat.le_trans (le_add_of_sub_le (Rat.le_of_lt (hN n N hn (Nat.le_refl N)))) (Lean.Grind.OrderedAdd.add_le_right 1 h2)

instance setoid : Setoid Cau where
  r a b := a.le b ∧ b.le a
  iseqv := ⟨fun a => ⟨le_refl a, le_refl a⟩, fun h => ⟨h.2, h.1⟩, fun h h' => ⟨le_trans h.1 h'.1, le_trans h'.2 h.2⟩⟩

def ofRat (q : Rat) : Cau := ⟨fun _ => q, fun _ hε => ⟨0, fun _ _ _ _ => sub_self_lt q hε⟩⟩

def add (a b : Cau) : Cau := ⟨fun n => a.f n + b.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau (ε/2) (pos_half hε)
  obtain ⟨M, hM⟩ := b.cau (ε/2) (pos_half hε)
  exact ⟨N + M, fun m n hm hn =>
    add_sub_add_lt_of_halves (hN m n (left_le hm) (left_le hn)) (hM m n (right_le hm) (right_le hn))⟩⟩

def neg (a : Cau) : Cau := ⟨fun n => - a.f n, fun ε hε => by
  obtain ⟨N, hN⟩ := a.cau ε hε
  exact ⟨N, fun m n hm hn => by rw [neg_sub_neg]; exact hN n m hn hm⟩⟩

theorem add_le_add {a b : Cau} (c : Cau) (h : a.le b) : (a.add c).le (b.add c) := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by
    show a.f n + c.f n - (b.f n + c.f n) < ε
    rw [add_sub_add, Lean.Grind.AddCommGroup.sub_self, Rat.add_zero]; exact hN n hn⟩

theorem neg_le_neg {a b : Cau} (h : a.le b) : b.neg.le a.neg := fun ε hε => by
  obtain ⟨N, hN⟩ := h ε hε
  exact ⟨N, fun n hn => by
    show -b.f n - -a.f n < ε
    rw [neg_sub_neg]; exact hN n hn⟩

/-- The one estimate about products. -/
theorem mul_lt {u v A B : Rat} (hA : 0 < A) (hB : 0 < B) (h₁ : -A < u) (h₂ : u < A) (h₃ : -B ≤ v) (h₄ : v ≤ B) :
    u * v < A * B + A * B := by
  have key : u * v ≤ A * B := by
    by_cases k : 0 ≤ v
    · exact Rat.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Rat.le_of_lt h₂) k)
        (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left h₄ (Rat.le_of_lt hA))
    · have k := Lean.Grind.OrderedAdd.neg_nonneg_iff.2 (Rat.le_of_lt (Std.not_le.1 k))
      have h := Rat.le_trans (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_right (Lean.Grind.OrderedAdd.neg_le_iff.1 (Rat.le_of_lt h₁)) k)
        (Lean.Grind.OrderedRing.mul_le_mul_of_nonneg_left (Lean.Grind.OrderedAdd.neg_le_iff.1 h₃) (Rat.le_of_lt hA))
      rwa [Rat.neg_mul, Rat.mul_neg, Lean.Grind.AddCommGroup.neg_neg] at h
  have p := Lean.Grind.OrderedAdd.add_lt_right (A * B) (Rat.mul_pos hA hB)
  rw [Rat.add_zero] at p
  exact Std.lt_of_le_of_lt key p

theorem pos_div {B ε : Rat} (hB : 0 < B) (hε : 0 < ε) : 0 < ε / (4 * B) := by
  rw [Rat.div_def]; exact Rat.mul_pos hε (Rat.inv_pos.2 (Rat.mul_pos (by decide) hB))
theorem div_mul_eq_quarter {B : Rat} (ε : Rat) (hB : 0 < B) : ε / (4 * B) * B = ε / 4 := by
  rw [Rat.div_def, Rat.div_def, Rat.inv_mul_rev, Rat.mul_comm B⁻¹, Rat.mul_assoc, Rat.mul_assoc,
    Rat.inv_mul_cancel _ (Rat.ne_of_gt hB), Rat.mul_one]

theorem mul_near {x x' y y' B ε : Rat} (hB : 0 < B) (hε : 0 < ε) (hy : -B ≤ y ∧ y ≤ B) (hx : -B ≤ x' ∧ x' ≤ B)
    (h : x - x' < ε / (4 * B)) (h' : x' - x < ε / (4 * B)) (k : y - y' < ε / (4 * B)) (k' : y' - y < ε / (4 * B)) :
    x * y - x' * y' < ε := by
  have hA := pos_div hB hε
  have h₁ := mul_lt hA hB (neg_lt_sub h') h hy.1 hy.2
  have h₂ := mul_lt hA hB (neg_lt_sub k') k hx.1 hx.2
  rw [div_mul_eq_quarter ε hB] at h₁ h₂
  have := add_lt_of_quarters h₁ h₂
  rwa [rat_sub_mul, rat_sub_mul, Rat.mul_comm y, Rat.mul_comm y', rat_sub_add_sub] at this

theorem widen {x A B : Rat} (hB : 0 < B) (h : -A ≤ x ∧ x ≤ A) : -(A + B) ≤ x ∧ x ≤ A + B := by
  have l := Lean.Grind.OrderedAdd.add_le_right A (Rat.le_of_lt hB)
  rw [Rat.add_zero] at l
  exact ⟨Rat.le_trans (Lean.Grind.OrderedAdd.neg_le_iff.2 (by rwa [Lean.Grind.AddCommGroup.neg_neg])) h.1, Rat.le_trans h.2 l⟩

theorem bounded₂ (a b : Cau) : ∃ B : Rat, 0 < B ∧ ∃ N : Nat, ∀ n, N ≤ n →
    (-B ≤ a.f n ∧ a.f n ≤ B) ∧ (-B ≤ b.f n ∧ b.f n ≤ B) := by
  obtain ⟨A, hA, N, hN⟩ := a.bounded
  obtain ⟨B, hB, M, hM⟩ := b.bounded
  have h := Lean.Grind.OrderedAdd.add_lt_add hA hB
  rw [Rat.add_zero] at h
  exact ⟨A + B, h, N + M, fun n hn => ⟨widen hB (hN n (left_le hn)), by rw [Rat.add_comm]; exact widen hA (hM n (right_le hn))⟩⟩

def mul (a b : Cau) : Cau := ⟨fun n => a.f n * b.f n, fun ε hε => by
  obtain ⟨B, hB, K, hK⟩ := bounded₂ a b
  obtain ⟨N, hN⟩ := a.cau _ (pos_div hB hε)
  obtain ⟨M, hM⟩ := b.cau _ (pos_div hB hε)
  exact ⟨N + M + K, fun m n hm hn =>
    have hx := And.intro (hN m n (left_le (left_le hm)) (left_le (left_le hn))) (hN n m (left_le (left_le hn)) (left_le (left_le hm)))
    have hy := And.intro (hM m n (right_le (left_le hm)) (right_le (left_le hn))) (hM n m (right_le (left_le hn)) (right_le (left_le hm)))
    mul_near hB hε (hK m (right_le hm)).2 (hK n (right_le hn)).1 hx.1 hx.2 hy.1 hy.2⟩⟩

theorem mul_le_mul {a b : Cau} (c : Cau) (h : a.le b) (h' : b.le a) : (a.mul c).le (b.mul c) := fun ε hε => by
  obtain ⟨B, hB, K, hK⟩ := bounded₂ b c
  obtain ⟨N, hN⟩ := h _ (pos_div hB hε)
  obtain ⟨M, hM⟩ := h' _ (pos_div hB hε)
  exact ⟨N + M + K, fun n hn => mul_near hB hε (hK n (right_le hn)).2 (hK n (right_le hn)).1
    (hN _ (left_le (left_le hn))) (hM _ (right_le (left_le hn))) (sub_self_lt _ (pos_div hB hε)) (sub_self_lt _ (pos_div hB hε))⟩

theorem mul_lt_mul {x y δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (h : 0 + δ < x) (h' : 0 + ε < y) : 0 + δ * ε < x * y := by
  rw [Rat.zero_add] at *
  exact Std.lt_trans (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h' hδ)
    (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h (Std.lt_trans hε h'))

theorem mul_pos {a b : Cau} {δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) {M N : Nat}
    (h : ∀ n, M ≤ n → 0 + δ < a.f n) (h' : ∀ n, N ≤ n → 0 + ε < b.f n) :
    ∀ n, M + N ≤ n → 0 + δ * ε < (a.mul b).f n := fun n hn =>
  mul_lt_mul hδ hε (h n (left_le hn)) (h' n (right_le hn))

theorem inv_mul_lt_one {p δ : Rat} (hδ : 0 < δ) (h : δ < p) : δ * p⁻¹ < 1 := by
  have hp := Std.lt_trans hδ h
  rw [← Rat.mul_inv_cancel p (Rat.ne_of_gt hp)]
  exact Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right h (Rat.inv_pos.2 hp)

theorem inv_near {p q δ ε : Rat} (hδ : 0 < δ) (hε : 0 < ε) (hp : δ < p) (hq : δ < q) (hd : q - p < ε * (δ * δ)) :
    p⁻¹ - q⁻¹ < ε := by
  have hp' := Std.lt_trans hδ hp
  have hq' := Std.lt_trans hδ hq
  have h1 : p⁻¹ - q⁻¹ = p⁻¹ * q⁻¹ * (q - p) := by
    rw [Rat.sub_eq_add_neg q, Rat.mul_add, Rat.mul_assoc, Rat.inv_mul_cancel _ (Rat.ne_of_gt hq'), Rat.mul_one, Rat.mul_neg,
      Rat.mul_comm p⁻¹, Rat.mul_assoc, Rat.inv_mul_cancel _ (Rat.ne_of_gt hp'), Rat.mul_one, ← Rat.sub_eq_add_neg]
  have h2 := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left hd (Rat.mul_pos (Rat.inv_pos.2 hp') (Rat.inv_pos.2 hq'))
  have h3 : δ * p⁻¹ * (δ * q⁻¹) < 1 :=
    Std.lt_trans (Lean.Grind.OrderedRing.mul_lt_mul_of_pos_right (inv_mul_lt_one hδ hp) (Rat.mul_pos hδ (Rat.inv_pos.2 hq')))
      (by rw [Rat.one_mul]; exact inv_mul_lt_one hδ hq)
  have h4 := Lean.Grind.OrderedRing.mul_lt_mul_of_pos_left h3 hε
  rw [Rat.mul_one] at h4
  rw [h1]
  refine Std.lt_trans h2 ?_
  rwa [show ε * (δ * p⁻¹ * (δ * q⁻¹)) = p⁻¹ * q⁻¹ * (ε * (δ * δ)) by
    generalize p⁻¹ = r; generalize q⁻¹ = s; clear h1 h2 h3 h4 hp hq hd hp' hq'; grind] at h4

/-- The inverse of a sequence that stays above `δ`. -/
def inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) : Cau :=
  ⟨fun n => (a.f n)⁻¹, fun ε hε => by
    obtain ⟨M, hM⟩ := a.cau _ (Rat.mul_pos hε (Rat.mul_pos hδ hδ))
    exact ⟨N + M, fun m n hm hn => inv_near hδ hε (lt_of_zero_add_lt (h m (left_le hm))) (lt_of_zero_add_lt (h n (left_le hn)))
      (hM n m (right_le hn) (right_le hm))⟩⟩

theorem mul_inv (a : Cau) {δ : Rat} (hδ : 0 < δ) {N : Nat} (h : ∀ n, N ≤ n → 0 + δ < a.f n) :
    (a.mul (a.inv hδ h)).le (ofRat 1) ∧ (ofRat 1).le (a.mul (a.inv hδ h)) := by
  have : ∀ n, N ≤ n → a.f n * (a.f n)⁻¹ = 1 := fun n hn =>
    Rat.mul_inv_cancel _ (Rat.ne_of_gt (Std.lt_trans hδ (lt_of_zero_add_lt (h n hn))))
  constructor
  · intro ε hε; refine ⟨N, fun n hn => ?_⟩; show a.f n * (a.f n)⁻¹ - 1 < ε; rw [this n hn]; exact sub_self_lt 1 hε
  · intro ε hε; refine ⟨N, fun n hn => ?_⟩; show 1 - a.f n * (a.f n)⁻¹ < ε; rw [this n hn]; exact sub_self_lt 1 hε

end Cau
end Pocket
