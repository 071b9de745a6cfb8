#include "embedded.h"

// EmbeddedFilesTests writes this file: POSTBACKS_WRITE_REFERENCE=1 ./Tests/run --filter EmbeddedFilesTests

static const uint8_t fixture_0[] = {
#embed "../../functions/backfillPostback/fixtures/success.json"
};
static const uint8_t fixture_1[] = {
#embed "../../functions/backfillPostback/fixtures/dry-run.json"
};
static const uint8_t fixture_2[] = {
#embed "../../functions/backfillPostback/fixtures/not-active.json"
};
static const uint8_t fixture_3[] = {
#embed "../../functions/backfillPostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_4[] = {
#embed "../../functions/configureAffiliate/fixtures/success.json"
};
static const uint8_t fixture_5[] = {
#embed "../../functions/configureAffiliate/fixtures/rename.json"
};
static const uint8_t fixture_6[] = {
#embed "../../functions/configureDestination/fixtures/success.json"
};
static const uint8_t fixture_7[] = {
#embed "../../functions/configureDestination/fixtures/resume.json"
};
static const uint8_t fixture_8[] = {
#embed "../../functions/configureDestination/fixtures/unknown-destination.json"
};
static const uint8_t fixture_9[] = {
#embed "../../functions/configureOffer/fixtures/success.json"
};
static const uint8_t fixture_10[] = {
#embed "../../functions/configureOffer/fixtures/goals-off.json"
};
static const uint8_t fixture_11[] = {
#embed "../../functions/configureOffer/fixtures/removed-goal.json"
};
static const uint8_t fixture_12[] = {
#embed "../../functions/configureOffer/fixtures/rename.json"
};
static const uint8_t fixture_13[] = {
#embed "../../functions/configureOffer/fixtures/turn-goals-off.json"
};
static const uint8_t fixture_14[] = {
#embed "../../functions/configureOffer/fixtures/turn-goals-on.json"
};
static const uint8_t fixture_15[] = {
#embed "../../functions/createPostback/fixtures/success.json"
};
static const uint8_t fixture_16[] = {
#embed "../../functions/createPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_17[] = {
#embed "../../functions/createPostback/fixtures/goal-while-goals-are-off.json"
};
static const uint8_t fixture_18[] = {
#embed "../../functions/createPostback/fixtures/reused-key.json"
};
static const uint8_t fixture_19[] = {
#embed "../../functions/createPostback/fixtures/success-form.json"
};
static const uint8_t fixture_20[] = {
#embed "../../functions/createPostback/fixtures/success-json.json"
};
static const uint8_t fixture_21[] = {
#embed "../../functions/createPostback/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_22[] = {
#embed "../../functions/createPostback/fixtures/unknown-goal.json"
};
static const uint8_t fixture_23[] = {
#embed "../../functions/createPostback/fixtures/unknown-macro.json"
};
static const uint8_t fixture_24[] = {
#embed "../../functions/createPostback/fixtures/unknown-offer.json"
};
static const uint8_t fixture_25[] = {
#embed "../../functions/createPostback/fixtures/with-key.json"
};
static const uint8_t fixture_26[] = {
#embed "../../functions/deletePostback/fixtures/success.json"
};
static const uint8_t fixture_27[] = {
#embed "../../functions/deletePostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_28[] = {
#embed "../../functions/deliverPostback/fixtures/success.json"
};
static const uint8_t fixture_29[] = {
#embed "../../functions/deliverPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_30[] = {
#embed "../../functions/deliverPostback/fixtures/missing-value.json"
};
static const uint8_t fixture_31[] = {
#embed "../../functions/deliverPostback/fixtures/nobody-there.json"
};
static const uint8_t fixture_32[] = {
#embed "../../functions/deliverPostback/fixtures/success-form.json"
};
static const uint8_t fixture_33[] = {
#embed "../../functions/deliverPostback/fixtures/success-json.json"
};
static const uint8_t fixture_34[] = {
#embed "../../functions/deliverPostback/fixtures/success-signed.json"
};
static const uint8_t fixture_35[] = {
#embed "../../functions/deliverPostback/fixtures/unsafe-header.json"
};
static const uint8_t fixture_36[] = {
#embed "../../functions/deliverPostback/fixtures/unsafe-url.json"
};
static const uint8_t fixture_37[] = {
#embed "../../functions/deliveryStatistics/fixtures/success.json"
};
static const uint8_t fixture_38[] = {
#embed "../../functions/deliveryStatistics/fixtures/by-postback.json"
};
static const uint8_t fixture_39[] = {
#embed "../../functions/deliveryStatistics/fixtures/unknown-postback.json"
};
static const uint8_t fixture_40[] = {
#embed "../../functions/explainConversion/fixtures/success.json"
};
static const uint8_t fixture_41[] = {
#embed "../../functions/explainConversion/fixtures/by-transaction.json"
};
static const uint8_t fixture_42[] = {
#embed "../../functions/explainConversion/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_43[] = {
#embed "../../functions/findRecords/fixtures/success.json"
};
static const uint8_t fixture_44[] = {
#embed "../../functions/findRecords/fixtures/by-click.json"
};
static const uint8_t fixture_45[] = {
#embed "../../functions/findRecords/fixtures/of-affiliate.json"
};
static const uint8_t fixture_46[] = {
#embed "../../functions/listAffiliates/fixtures/success.json"
};
static const uint8_t fixture_47[] = {
#embed "../../functions/listAffiliates/fixtures/first-page.json"
};
static const uint8_t fixture_48[] = {
#embed "../../functions/listConversions/fixtures/success.json"
};
static const uint8_t fixture_49[] = {
#embed "../../functions/listConversions/fixtures/by-click.json"
};
static const uint8_t fixture_50[] = {
#embed "../../functions/listConversions/fixtures/by-status.json"
};
static const uint8_t fixture_51[] = {
#embed "../../functions/listConversions/fixtures/first-page.json"
};
static const uint8_t fixture_52[] = {
#embed "../../functions/listDeliveries/fixtures/success.json"
};
static const uint8_t fixture_53[] = {
#embed "../../functions/listDeliveries/fixtures/by-click.json"
};
static const uint8_t fixture_54[] = {
#embed "../../functions/listDeliveries/fixtures/first-page.json"
};
static const uint8_t fixture_55[] = {
#embed "../../functions/listDeliveries/fixtures/owed.json"
};
static const uint8_t fixture_56[] = {
#embed "../../functions/listDeliveries/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_57[] = {
#embed "../../functions/listDestinations/fixtures/success.json"
};
static const uint8_t fixture_58[] = {
#embed "../../functions/listDestinations/fixtures/blocked.json"
};
static const uint8_t fixture_59[] = {
#embed "../../functions/listDestinations/fixtures/first-page.json"
};
static const uint8_t fixture_60[] = {
#embed "../../functions/listOffers/fixtures/success.json"
};
static const uint8_t fixture_61[] = {
#embed "../../functions/listOffers/fixtures/first-page.json"
};
static const uint8_t fixture_62[] = {
#embed "../../functions/listPostbacks/fixtures/success.json"
};
static const uint8_t fixture_63[] = {
#embed "../../functions/listPostbacks/fixtures/by-destination.json"
};
static const uint8_t fixture_64[] = {
#embed "../../functions/listPostbacks/fixtures/by-goal.json"
};
static const uint8_t fixture_65[] = {
#embed "../../functions/listPostbacks/fixtures/first-page.json"
};
static const uint8_t fixture_66[] = {
#embed "../../functions/previewPostback/fixtures/success.json"
};
static const uint8_t fixture_67[] = {
#embed "../../functions/previewPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_68[] = {
#embed "../../functions/previewPostback/fixtures/missing-value.json"
};
static const uint8_t fixture_69[] = {
#embed "../../functions/previewPostback/fixtures/success-new.json"
};
static const uint8_t fixture_70[] = {
#embed "../../functions/previewPostback/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_71[] = {
#embed "../../functions/previewPostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_72[] = {
#embed "../../functions/recordConversion/fixtures/success.json"
};
static const uint8_t fixture_73[] = {
#embed "../../functions/recordConversion/fixtures/by-click.json"
};
static const uint8_t fixture_74[] = {
#embed "../../functions/recordConversion/fixtures/other-goal.json"
};
static const uint8_t fixture_75[] = {
#embed "../../functions/recordConversion/fixtures/repeat-with-other-payout.json"
};
static const uint8_t fixture_76[] = {
#embed "../../functions/recordConversion/fixtures/repeat.json"
};
static const uint8_t fixture_77[] = {
#embed "../../functions/recordConversion/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_78[] = {
#embed "../../functions/recordConversion/fixtures/unknown-goal.json"
};
static const uint8_t fixture_79[] = {
#embed "../../functions/recordConversion/fixtures/unknown-offer.json"
};
static const uint8_t fixture_80[] = {
#embed "../../functions/redactConversion/fixtures/success.json"
};
static const uint8_t fixture_81[] = {
#embed "../../functions/redactConversion/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_82[] = {
#embed "../../functions/resendDeliveries/fixtures/success.json"
};
static const uint8_t fixture_83[] = {
#embed "../../functions/resendDeliveries/fixtures/by-id.json"
};
static const uint8_t fixture_84[] = {
#embed "../../functions/resendDeliveries/fixtures/dry-run.json"
};
static const uint8_t fixture_85[] = {
#embed "../../functions/resendDeliveries/fixtures/unknown-delivery.json"
};
static const uint8_t fixture_86[] = {
#embed "../../functions/showHealth/fixtures/success.json"
};
static const uint8_t fixture_87[] = {
#embed "../../functions/updateConversionStatus/fixtures/success.json"
};
static const uint8_t fixture_88[] = {
#embed "../../functions/updateConversionStatus/fixtures/ambiguous-click.json"
};
static const uint8_t fixture_89[] = {
#embed "../../functions/updateConversionStatus/fixtures/back-to-pending.json"
};
static const uint8_t fixture_90[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal-done.json"
};
static const uint8_t fixture_91[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal-rejected.json"
};
static const uint8_t fixture_92[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal.json"
};
static const uint8_t fixture_93[] = {
#embed "../../functions/updateConversionStatus/fixtures/rejected.json"
};
static const uint8_t fixture_94[] = {
#embed "../../functions/updateConversionStatus/fixtures/repeat.json"
};
static const uint8_t fixture_95[] = {
#embed "../../functions/updateConversionStatus/fixtures/unexpected-status.json"
};
static const uint8_t fixture_96[] = {
#embed "../../functions/updateConversionStatus/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_97[] = {
#embed "../../functions/updatePostback/fixtures/success.json"
};
static const uint8_t fixture_98[] = {
#embed "../../functions/updatePostback/fixtures/clear.json"
};
static const uint8_t fixture_99[] = {
#embed "../../functions/updatePostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_100[] = {
#embed "../../functions/updatePostback/fixtures/goal-while-goals-are-off.json"
};
static const uint8_t fixture_101[] = {
#embed "../../functions/updatePostback/fixtures/turn-on.json"
};
static const uint8_t fixture_102[] = {
#embed "../../functions/updatePostback/fixtures/unknown-goal.json"
};
static const uint8_t fixture_103[] = {
#embed "../../functions/updatePostback/fixtures/unknown-macro.json"
};
static const uint8_t fixture_104[] = {
#embed "../../functions/updatePostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_105[] = {
#embed "../../functions/updatePostbacks/fixtures/success.json"
};
static const uint8_t fixture_106[] = {
#embed "../../functions/updatePostbacks/fixtures/dry-run.json"
};
static const uint8_t fixture_107[] = {
#embed "../../functions/updatePostbacks/fixtures/forbidden-address.json"
};
static const uint8_t fixture_108[] = {
#embed "../../functions/updatePostbacks/fixtures/replace-origin-back.json"
};
static const uint8_t fixture_109[] = {
#embed "../../functions/updatePostbacks/fixtures/replace-origin.json"
};
static const uint8_t fixture_110[] = {
#embed "../../functions/updatePostbacks/fixtures/turn-on.json"
};
static const uint8_t fixture_111[] = {
#embed "../../functions/updatePostbacks/fixtures/unknown-postback.json"
};

static const struct embedded_file files[] = {
    {"backfillPostback/success", fixture_0, sizeof fixture_0},
    {"backfillPostback/dry-run", fixture_1, sizeof fixture_1},
    {"backfillPostback/not-active", fixture_2, sizeof fixture_2},
    {"backfillPostback/unknown-postback", fixture_3, sizeof fixture_3},
    {"configureAffiliate/success", fixture_4, sizeof fixture_4},
    {"configureAffiliate/rename", fixture_5, sizeof fixture_5},
    {"configureDestination/success", fixture_6, sizeof fixture_6},
    {"configureDestination/resume", fixture_7, sizeof fixture_7},
    {"configureDestination/unknown-destination", fixture_8, sizeof fixture_8},
    {"configureOffer/success", fixture_9, sizeof fixture_9},
    {"configureOffer/goals-off", fixture_10, sizeof fixture_10},
    {"configureOffer/removed-goal", fixture_11, sizeof fixture_11},
    {"configureOffer/rename", fixture_12, sizeof fixture_12},
    {"configureOffer/turn-goals-off", fixture_13, sizeof fixture_13},
    {"configureOffer/turn-goals-on", fixture_14, sizeof fixture_14},
    {"createPostback/success", fixture_15, sizeof fixture_15},
    {"createPostback/forbidden-address", fixture_16, sizeof fixture_16},
    {"createPostback/goal-while-goals-are-off", fixture_17, sizeof fixture_17},
    {"createPostback/reused-key", fixture_18, sizeof fixture_18},
    {"createPostback/success-form", fixture_19, sizeof fixture_19},
    {"createPostback/success-json", fixture_20, sizeof fixture_20},
    {"createPostback/unknown-affiliate", fixture_21, sizeof fixture_21},
    {"createPostback/unknown-goal", fixture_22, sizeof fixture_22},
    {"createPostback/unknown-macro", fixture_23, sizeof fixture_23},
    {"createPostback/unknown-offer", fixture_24, sizeof fixture_24},
    {"createPostback/with-key", fixture_25, sizeof fixture_25},
    {"deletePostback/success", fixture_26, sizeof fixture_26},
    {"deletePostback/unknown-postback", fixture_27, sizeof fixture_27},
    {"deliverPostback/success", fixture_28, sizeof fixture_28},
    {"deliverPostback/forbidden-address", fixture_29, sizeof fixture_29},
    {"deliverPostback/missing-value", fixture_30, sizeof fixture_30},
    {"deliverPostback/nobody-there", fixture_31, sizeof fixture_31},
    {"deliverPostback/success-form", fixture_32, sizeof fixture_32},
    {"deliverPostback/success-json", fixture_33, sizeof fixture_33},
    {"deliverPostback/success-signed", fixture_34, sizeof fixture_34},
    {"deliverPostback/unsafe-header", fixture_35, sizeof fixture_35},
    {"deliverPostback/unsafe-url", fixture_36, sizeof fixture_36},
    {"deliveryStatistics/success", fixture_37, sizeof fixture_37},
    {"deliveryStatistics/by-postback", fixture_38, sizeof fixture_38},
    {"deliveryStatistics/unknown-postback", fixture_39, sizeof fixture_39},
    {"explainConversion/success", fixture_40, sizeof fixture_40},
    {"explainConversion/by-transaction", fixture_41, sizeof fixture_41},
    {"explainConversion/unknown-conversion", fixture_42, sizeof fixture_42},
    {"findRecords/success", fixture_43, sizeof fixture_43},
    {"findRecords/by-click", fixture_44, sizeof fixture_44},
    {"findRecords/of-affiliate", fixture_45, sizeof fixture_45},
    {"listAffiliates/success", fixture_46, sizeof fixture_46},
    {"listAffiliates/first-page", fixture_47, sizeof fixture_47},
    {"listConversions/success", fixture_48, sizeof fixture_48},
    {"listConversions/by-click", fixture_49, sizeof fixture_49},
    {"listConversions/by-status", fixture_50, sizeof fixture_50},
    {"listConversions/first-page", fixture_51, sizeof fixture_51},
    {"listDeliveries/success", fixture_52, sizeof fixture_52},
    {"listDeliveries/by-click", fixture_53, sizeof fixture_53},
    {"listDeliveries/first-page", fixture_54, sizeof fixture_54},
    {"listDeliveries/owed", fixture_55, sizeof fixture_55},
    {"listDeliveries/unknown-affiliate", fixture_56, sizeof fixture_56},
    {"listDestinations/success", fixture_57, sizeof fixture_57},
    {"listDestinations/blocked", fixture_58, sizeof fixture_58},
    {"listDestinations/first-page", fixture_59, sizeof fixture_59},
    {"listOffers/success", fixture_60, sizeof fixture_60},
    {"listOffers/first-page", fixture_61, sizeof fixture_61},
    {"listPostbacks/success", fixture_62, sizeof fixture_62},
    {"listPostbacks/by-destination", fixture_63, sizeof fixture_63},
    {"listPostbacks/by-goal", fixture_64, sizeof fixture_64},
    {"listPostbacks/first-page", fixture_65, sizeof fixture_65},
    {"previewPostback/success", fixture_66, sizeof fixture_66},
    {"previewPostback/forbidden-address", fixture_67, sizeof fixture_67},
    {"previewPostback/missing-value", fixture_68, sizeof fixture_68},
    {"previewPostback/success-new", fixture_69, sizeof fixture_69},
    {"previewPostback/unknown-conversion", fixture_70, sizeof fixture_70},
    {"previewPostback/unknown-postback", fixture_71, sizeof fixture_71},
    {"recordConversion/success", fixture_72, sizeof fixture_72},
    {"recordConversion/by-click", fixture_73, sizeof fixture_73},
    {"recordConversion/other-goal", fixture_74, sizeof fixture_74},
    {"recordConversion/repeat-with-other-payout", fixture_75, sizeof fixture_75},
    {"recordConversion/repeat", fixture_76, sizeof fixture_76},
    {"recordConversion/unknown-affiliate", fixture_77, sizeof fixture_77},
    {"recordConversion/unknown-goal", fixture_78, sizeof fixture_78},
    {"recordConversion/unknown-offer", fixture_79, sizeof fixture_79},
    {"redactConversion/success", fixture_80, sizeof fixture_80},
    {"redactConversion/unknown-conversion", fixture_81, sizeof fixture_81},
    {"resendDeliveries/success", fixture_82, sizeof fixture_82},
    {"resendDeliveries/by-id", fixture_83, sizeof fixture_83},
    {"resendDeliveries/dry-run", fixture_84, sizeof fixture_84},
    {"resendDeliveries/unknown-delivery", fixture_85, sizeof fixture_85},
    {"showHealth/success", fixture_86, sizeof fixture_86},
    {"updateConversionStatus/success", fixture_87, sizeof fixture_87},
    {"updateConversionStatus/ambiguous-click", fixture_88, sizeof fixture_88},
    {"updateConversionStatus/back-to-pending", fixture_89, sizeof fixture_89},
    {"updateConversionStatus/other-goal-done", fixture_90, sizeof fixture_90},
    {"updateConversionStatus/other-goal-rejected", fixture_91, sizeof fixture_91},
    {"updateConversionStatus/other-goal", fixture_92, sizeof fixture_92},
    {"updateConversionStatus/rejected", fixture_93, sizeof fixture_93},
    {"updateConversionStatus/repeat", fixture_94, sizeof fixture_94},
    {"updateConversionStatus/unexpected-status", fixture_95, sizeof fixture_95},
    {"updateConversionStatus/unknown-conversion", fixture_96, sizeof fixture_96},
    {"updatePostback/success", fixture_97, sizeof fixture_97},
    {"updatePostback/clear", fixture_98, sizeof fixture_98},
    {"updatePostback/forbidden-address", fixture_99, sizeof fixture_99},
    {"updatePostback/goal-while-goals-are-off", fixture_100, sizeof fixture_100},
    {"updatePostback/turn-on", fixture_101, sizeof fixture_101},
    {"updatePostback/unknown-goal", fixture_102, sizeof fixture_102},
    {"updatePostback/unknown-macro", fixture_103, sizeof fixture_103},
    {"updatePostback/unknown-postback", fixture_104, sizeof fixture_104},
    {"updatePostbacks/success", fixture_105, sizeof fixture_105},
    {"updatePostbacks/dry-run", fixture_106, sizeof fixture_106},
    {"updatePostbacks/forbidden-address", fixture_107, sizeof fixture_107},
    {"updatePostbacks/replace-origin-back", fixture_108, sizeof fixture_108},
    {"updatePostbacks/replace-origin", fixture_109, sizeof fixture_109},
    {"updatePostbacks/turn-on", fixture_110, sizeof fixture_110},
    {"updatePostbacks/unknown-postback", fixture_111, sizeof fixture_111},
    {0, 0, 0},
};

// The entry without a name ends the list, which may be empty.
size_t fixture_count(void) { return sizeof files / sizeof *files - 1; }
struct embedded_file fixture(size_t index) { return files[index]; }
