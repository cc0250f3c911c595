// What the normal distribution's functions look up and are fitted by. In an unnamed namespace:
// units that are compiled for one instruction set each have their own.
#pragma once

namespace seawall {
namespace {

constexpr double inverse_root_2_pi = 0x1.9884533d43651p-2;

/// At -i/8: P(Z <= -i/8) and the density, each as an unevaluated sum by 60-digit arithmetic;
/// density_high is a head.
struct Knot {
    double cdf_high, cdf_low, density_high, density_low;
};
constexpr Knot knots[33]{
    {0x1p-1, 0x0p+0, 0x1.988454p-2, -0x1.857935ee5e06ap-27},
    {0x1.cd116c3bf96a6p-2, 0x1.f9b54729840bep-56, 0x1.95567ap-2, -0x1.0062559645968p-27},
    {0x1.9aecba9d22528p-2, -0x1.a8594ac18afbfp-56, 0x1.8bf2bap-2, 0x1.04becc72327e1p-30},
    {0x1.6a527901e8243p-2, 0x1.94e9483262fe9p-58, 0x1.7cc794p-2, 0x1.d82c600a4575ep-27},
    {0x1.3bf143b9aa712p-2, 0x1.0cbf1c37bd636p-56, 0x1.6883dp-2, 0x1.10435614a5c4bp-29},
    {0x1.105e82b1e4cap-2, -0x1.6290fa64ad157p-57, 0x1.50096ep-2, -0x1.88141be11ddebp-29},
    {0x1.d0220056b3a4ep-3, -0x1.2b4e17c3f97cfp-57, 0x1.345d5ep-2, 0x1.f5a68291b62b4p-27},
    {0x1.86bb4f580a4bap-3, -0x1.f0ebd79e9beeep-60, 0x1.169596p-2, -0x1.d00d7a5242aedp-30},
    {0x1.44ed0bb7cb20bp-3, 0x1.6d0374584348cp-58, 0x1.ef8e58p-3, 0x1.c662e6ee1871ap-28},
    {0x1.0ad7da0f9b0b9p-3, -0x1.fbb0f6ee9275fp-57, 0x1.b1ec62p-3, 0x1.923bab4c67ea7p-34},
    {0x1.b0bdd12ba9c29p-4, 0x1.13d184c6481edp-58, 0x1.7610bap-3, -0x1.79c1e70b123fdp-28},
    {0x1.5a61963dc9206p-4, -0x1.df8df90e5f3edp-62, 0x1.3d7712p-3, 0x1.4fa58d355a9bep-31},
    {0x1.11a46d89647efp-4, -0x1.8754956d31307p-58, 0x1.094086p-3, -0x1.25bc2f72a11d9p-28},
    {0x1.aaa65bfa4f82ep-5, 0x1.8682cb6877c7cp-62, 0x1.b46178p-4, 0x1.2c9641c223c7fp-29},
    {0x1.482a2414556ddp-5, -0x1.5d630c975826bp-59, 0x1.616454p-4, -0x1.281d3a875c9a7p-29},
    {0x1.f20394ecbf67bp-6, -0x1.3837b919fb386p-62, 0x1.19bfa4p-4, -0x1.5d24a46c2b95dp-29},
    {0x1.74bcf82c9d86p-6, -0x1.98c5d9f298e61p-60, 0x1.ba4b44p-5, -0x1.22f8a57233b1p-30},
    {0x1.13243b7f38028p-6, -0x1.4959fba644d22p-60, 0x1.55c74p-5, -0x1.31189dfc9f245p-30},
    {0x1.90924f21d3612p-7, 0x1.3840438696074p-61, 0x1.0402ep-5, -0x1.611f2f2744213p-32},
    {0x1.1f85a1c9b297ep-7, -0x1.81affd453edf5p-62, 0x1.857a94p-6, 0x1.41a805ff43fd7p-33},
    {0x1.96f4e57e49ce4p-8, 0x1.655043385cde6p-62, 0x1.1f2f06p-6, -0x1.5015b53b6d5c6p-31},
    {0x1.1bee6c07df146p-8, 0x1.ff937be022b1ep-63, 0x1.a0f22cp-7, -0x1.62cdb86dedcb7p-35},
    {0x1.86904349ec803p-9, -0x1.8ad775566a443p-64, 0x1.29fa54p-7, 0x1.8c683c7db95acp-32},
    {0x1.08c890e7cdbf7p-9, -0x1.295beef348398p-65, 0x1.a34ea6p-8, -0x1.04e6394aebb07p-33},
    {0x1.61de1f985b5d7p-10, -0x1.dd537b698460ep-65, 0x1.227214p-8, -0x1.444bbb3e655b8p-39},
    {0x1.d21af4ae0dd6dp-11, 0x1.39965159e609ap-65, 0x1.8c2226p-9, 0x1.af5ca6bde8345p-34},
    {0x1.2e86fd7d03406p-11, 0x1.8013f4d6a4513p-65, 0x1.09f38ep-9, 0x1.8a282043982bep-37},
    {0x1.8301be4097acp-12, -0x1.981583c7086e5p-66, 0x1.5f90f6p-10, 0x1.9d0f66eb15849p-35},
    {0x1.e7dbc92b77dd5p-13, -0x1.1f5b3032df8cap-67, 0x1.c9897ep-11, -0x1.d7033c1a12b3fp-36},
    {0x1.2eff7fc311e78p-13, 0x1.0516b08ad7cep-67, 0x1.251bf8p-11, -0x1.753c149c36738p-37},
    {0x1.72d9564b2dcep-14, -0x1.23a94875b903bp-71, 0x1.71b92ep-12, 0x1.9554f21656845p-37},
    {0x1.bf37663a4a43bp-15, 0x1.251623c6726cep-70, 0x1.cb2208p-13, -0x1.a5beb8e253baep-38},
    {0x1.09ad7954afff8p-15, -0x1.d0684d8e1b28fp-69, 0x1.18a98ep-13, 0x1.605a5a3513305p-40},
};

/// Beyond 4: 1/x times a rational function of 1/x² is P(Z > x) / density(x) (fitted, in relative
/// error by less than 2^-54). Here and below from the highest power.
constexpr double mills_numerator[8]{
    0x1.2f518ecc336eep+14, 0x1.5571de1e1fb9ap+17, 0x1.bc2fafeded14bp+17, 0x1.85267d18dafdcp+16,
    0x1.26a04cf23fa5ep+14, 0x1.a2d6ded6a8762p+10, 0x1.0fa47c480126ap+6,  1.0};
constexpr double mills_denominator[8]{
    0x1.354e623e0582ep+16, 0x1.2c2958acf7106p+18, 0x1.26b1f98f79b61p+18, 0x1.c414f49584982p+16,
    0x1.3ed671e719ce6p+14, 0x1.b351269b288b4p+10, 0x1.13a47c480126ap+6,  1.0};
/// Of the quantile as AS 241 has them.
constexpr double central_numerator[8]{2.5090809287301226727e3, 3.3430575583588128105e4,
                                      6.7265770927008700853e4, 4.5921953931549871457e4,
                                      1.3731693765509461125e4, 1.9715909503065514427e3,
                                      1.3314166789178437745e2, 3.3871328727963666080e0};
constexpr double central_denominator[8]{5.2264952788528545610e3, 2.8729085735721942674e4,
                                        3.9307895800092710610e4, 2.1213794301586595867e4,
                                        5.3941960214247511077e3, 6.8718700749205790830e2,
                                        4.2313330701600911252e1, 1.0};
constexpr double tail_numerator[8]{7.74545014278341407640e-4, 2.27238449892691845833e-2,
                                   2.41780725177450611770e-1, 1.27045825245236838258e0,
                                   3.64784832476320460504e0,  5.76949722146069140550e0,
                                   4.63033784615654529590e0,  1.42343711074968357734e0};
constexpr double tail_denominator[8]{1.05075007164441684324e-9, 5.47593808499534494600e-4,
                                     1.51986665636164571966e-2, 1.48103976427480074590e-1,
                                     6.89767334985100004550e-1, 1.67638483018380384940e0,
                                     2.05319162663775882187e0,  1.0};
constexpr double far_numerator[8]{2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                  1.24266094738807843860e-3, 2.65321895265761230930e-2,
                                  2.96560571828504891230e-1, 1.78482653991729133580e0,
                                  5.46378491116411436990e0,  6.65790464350110377720e0};
constexpr double far_denominator[8]{2.04426310338993978564e-15, 1.42151175831644588870e-7,
                                    1.84631831751005468180e-5,  7.86869131145613259100e-4,
                                    1.48753612908506148525e-2,  1.36929880922735805310e-1,
                                    5.99832206555887937690e-1,  1.0};

}  // namespace
}  // namespace seawall
